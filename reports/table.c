#include "private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A table as text. The first rows are held to find the widths; those after them follow at once, in
 * the same widths. A cell that is wider goes on below itself: nothing is cut. Where that would
 * leave a column a sliver, each row becomes a paragraph, a line for each cell. */

#define HELD_ROWS  200u
#define GAP        2u
#define MIN_COLUMN 6u
#define MAX_WORD   32u

struct table {
    sqlite3_stmt *stmt;
    struct rep_out *out;
    size_t columns;
    size_t *width;
    size_t *least; /* of a column's longest word, when that is not too long */
    bool *number;
    const char **rest;    /* of each cell of the row that is being written */
    struct rep_buf cells; /* held cells, each terminated by NUL */
    size_t rows;
    bool wrote;
    bool paragraphs;
    char *head; /* of paragraphs: the column names, each terminated by NUL; owned */
};

static void measure(struct table *table, size_t column, const char *cell, size_t size)
{
    size_t width = rep_columns(cell, size);
    table->width[column] = width > table->width[column] ? width : table->width[column];
    while (size > 0) {
        const char *blank = memchr(cell, ' ', size);
        size_t word = blank ? (size_t)(blank - cell) : size;
        size_t columns = rep_columns(cell, word);
        columns = columns > MAX_WORD ? MAX_WORD : columns;
        table->least[column] = columns > table->least[column] ? columns : table->least[column];
        cell += word + (blank != NULL);
        size -= word + (blank != NULL);
    }
}

static void hold_cell(struct table *table, size_t column, bool head)
{
    size_t before = table->cells.size;
    int at = (int)column;
    if (head) {
        const char *name = sqlite3_column_name(table->stmt, at);
        rep_escape_into(&table->cells, name ? name : "", name ? strlen(name) : 0, 0);
    } else {
        rep_add_cell(&table->cells, table->stmt, at, 0);
        int type = sqlite3_column_type(table->stmt, at);
        if (!table->wrote && (type == SQLITE_TEXT || type == SQLITE_BLOB)) {
            table->number[column] = false;
        }
    }
    if (table->cells.failed) {
        return;
    }
    if (!table->wrote) {
        measure(table, column, table->cells.data + before, table->cells.size - before);
    }
    rep_buf_add(&table->cells, "", 1);
}

static void hold_row(struct table *table, bool head)
{
    for (size_t i = 0; i < table->columns; i++) {
        hold_cell(table, i, head);
    }
    table->rows++;
}

/* The widest column that may still give; `table->columns` when none may. */
static size_t widest(const struct table *table, bool whole_words)
{
    size_t found = table->columns;
    for (size_t i = 0; i < table->columns; i++) {
        size_t least = whole_words && table->least[i] > MIN_COLUMN ? table->least[i] : MIN_COLUMN;
        if (table->width[i] > least &&
            (found == table->columns || table->width[i] > table->width[found])) {
            found = i;
        }
    }
    return found;
}

/* Takes from the widest column until the table fits: first where no word breaks, then anywhere. */
static void fit_widths(struct table *table)
{
    size_t total = (table->columns - 1) * GAP;
    bool whole_words = true;
    for (size_t i = 0; i < table->columns; i++) {
        total += table->width[i];
    }
    while (total > rep_out_width(table->out)) {
        size_t column = widest(table, whole_words);
        if (column < table->columns) {
            table->width[column]--;
            total--;
        } else if (whole_words) {
            whole_words = false;
        } else {
            return;
        }
    }
}

/* Is there a column that shows less than a third of its longest word on a line? */
static bool is_sliced(const struct table *table)
{
    for (size_t i = 0; i < table->columns; i++) {
        if (table->width[i] * 3 < table->least[i]) {
            return true;
        }
    }
    return false;
}

static void blanks(struct table *table, size_t count)
{
    while (count-- > 0) {
        rep_buf_str(&table->out->line, " ");
    }
}

/* What fits of the cell into its column, and steps behind it; false when there is no more. */
static bool write_part(struct table *table, size_t column, const char **rest)
{
    size_t left = strlen(*rest);
    size_t width = table->width[column];
    bool last = column + 1 == table->columns;
    size_t size = left ? rep_line_size(*rest, left, width) : 0;
    size_t columns = rep_columns(*rest, size);
    size_t fill = width > columns ? width - columns : 0;
    blanks(table, table->number[column] ? fill : 0);
    rep_buf_add(&table->out->line, *rest, size);
    blanks(table, last ? 0 : GAP + (table->number[column] ? 0 : fill));
    *rest += size;
    *rest += size < left ? strspn(*rest, " ") : 0;
    return **rest != '\0';
}

static void trim_line(struct rep_buf *line)
{
    while (line->size > 0 && line->data[line->size - 1] == ' ') {
        line->size--;
    }
}

/* `cell` is the row's first. Returns what is behind the row. */
static const char *write_row(struct table *table, const char *cell)
{
    bool more = true;
    for (size_t i = 0; i < table->columns; i++) {
        table->rest[i] = cell;
        cell += strlen(cell) + 1;
    }
    while (more) {
        more = false;
        for (size_t i = 0; i < table->columns; i++) {
            more = write_part(table, i, &table->rest[i]) || more;
        }
        trim_line(&table->out->line);
        rep_out_raw(table->out, "\n");
    }
    return cell;
}

/* Remembers the names of the columns: `cell` is the first. Returns what is behind them. */
static const char *keep_head(struct table *table, const char *cell)
{
    size_t size = 0, longest = 0;
    for (size_t i = 0; i < table->columns; i++) {
        size_t columns = rep_columns(cell + size, strlen(cell + size));
        longest = columns > longest ? columns : longest;
        size += strlen(cell + size) + 1;
    }
    char *head = malloc(size + 1);
    if (head) {
        memcpy(head, cell, size);
    }
    table->out->line.failed = table->out->line.failed || !head;
    table->head = head;
    table->width[0] = longest + GAP;
    return cell + size;
}

/* Broken as in a column, under its first line. */
static void write_value(struct table *table, const char *rest)
{
    size_t indent = table->width[0], width = rep_out_width(table->out);
    size_t columns = width > indent + MIN_COLUMN ? width - indent : MIN_COLUMN;
    for (size_t left = strlen(rest); left > 0; left = strlen(rest)) {
        size_t size = rep_line_size(rest, left, columns);
        rep_buf_add(&table->out->line, rest, size);
        rep_out_raw(table->out, "\n");
        rest += size;
        rest += size < left ? strspn(rest, " ") : 0;
        blanks(table, *rest ? indent : 0);
    }
}

/* A line for each cell that holds something. Returns what is behind the row. */
static const char *write_paragraph(struct table *table, const char *cell)
{
    const char *name = table->head;
    for (size_t i = 0; name && i < table->columns; i++) {
        if (*cell) {
            rep_out_colour(table->out, REP_DIM);
            rep_buf_str(&table->out->line, name);
            rep_out_colour(table->out, REP_PLAIN);
            blanks(table, table->width[0] - rep_columns(name, strlen(name)));
            write_value(table, cell);
        }
        cell += strlen(cell) + 1;
        name += strlen(name) + 1;
    }
    return cell;
}

static void write_paragraphs(struct table *table)
{
    const char *cell = table->cells.data;
    size_t row = 0;
    if (!table->wrote) {
        cell = keep_head(table, cell);
        row++;
    }
    for (; row < table->rows; row++) {
        rep_out_raw(table->out, table->wrote ? "\n" : "");
        cell = write_paragraph(table, cell);
        table->wrote = true;
    }
    table->rows = 0;
    rep_buf_clear(&table->cells);
}

static void write_held(struct table *table)
{
    const char *cell = table->cells.data;
    if (table->cells.failed) {
        table->out->line.failed = true;
        return;
    }
    if (table->paragraphs) {
        write_paragraphs(table);
        return;
    }
    for (size_t row = 0; row < table->rows; row++) {
        bool head = row == 0 && !table->wrote;
        rep_out_colour(table->out, head ? REP_BOLD : REP_PLAIN);
        cell = write_row(table, cell);
        rep_out_colour(table->out, REP_PLAIN);
    }
    table->wrote = true;
    table->rows = 0;
    rep_buf_clear(&table->cells);
}

static void lay_out(struct table *table)
{
    fit_widths(table);
    table->paragraphs = table->rows > 1 && is_sliced(table);
}

static int write_table(struct rep_db *db, struct table *table)
{
    int code;
    for (size_t i = 0; i < table->columns; i++) {
        table->number[i] = true;
    }
    hold_row(table, true);
    while ((code = rep_sql_row(db, table->stmt, "run the query")) == 1 && table->out->code == 0) {
        hold_row(table, false);
        if (!table->wrote && table->rows > HELD_ROWS) {
            lay_out(table);
            write_held(table);
        } else if (table->wrote) {
            write_held(table);
        }
    }
    if (code >= 0 && !table->wrote) {
        lay_out(table);
        write_held(table);
    }
    return code < 0 ? code : 0;
}

int rep_table_write(struct rep_db *db, sqlite3_stmt *stmt, struct rep_out *out)
{
    struct table table = {.stmt = stmt, .out = out};
    table.columns = (size_t)sqlite3_column_count(stmt);
    table.width = calloc(table.columns, sizeof *table.width);
    table.number = calloc(table.columns, sizeof *table.number);
    table.least = calloc(table.columns, sizeof *table.least);
    table.rest = calloc(table.columns, sizeof *table.rest);
    int code = table.width && table.least && table.number && table.rest ? write_table(db, &table)
                                                                        : rep_fail_memory(db);
    rep_buf_release(&table.cells);
    free(table.width);
    free(table.number);
    free(table.rest);
    free(table.least);
    free(table.head);
    return code;
}
