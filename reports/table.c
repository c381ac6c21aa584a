#include "private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A table as text. The first rows are held to find the widths; those after them follow at once, cut
 * to the same widths. */

#define HELD_ROWS  200u
#define GAP        2u
#define MIN_COLUMN 6u

struct table {
    sqlite3_stmt *stmt;
    struct rep_out *out;
    size_t columns;
    size_t *width;
    bool *number;
    struct rep_buf cells; /* held cells, each terminated by NUL */
    size_t rows;
    bool wrote;
};

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
    size_t width = rep_columns(table->cells.data + before, table->cells.size - before);
    if (!table->wrote && width > table->width[column]) {
        table->width[column] = width;
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

/* Takes from the widest column until the table fits, but leaves each its least. */
static void fit_widths(struct table *table)
{
    size_t total = (table->columns - 1) * GAP;
    for (size_t i = 0; i < table->columns; i++) {
        total += table->width[i];
    }
    while (total > rep_out_width(table->out)) {
        size_t widest = 0;
        for (size_t i = 1; i < table->columns; i++) {
            widest = table->width[i] > table->width[widest] ? i : widest;
        }
        if (table->width[widest] <= MIN_COLUMN) {
            return;
        }
        table->width[widest]--;
        total--;
    }
}

static void blanks(struct table *table, size_t count)
{
    while (count-- > 0) {
        rep_buf_str(&table->out->line, " ");
    }
}

static void write_cell(struct table *table, size_t column, const char *cell)
{
    size_t size = strlen(cell);
    size_t width = table->width[column];
    size_t columns = rep_columns(cell, size);
    bool last = column + 1 == table->columns;
    if (columns > width) {
        size_t fits = rep_fit(cell, size, width - 1);
        rep_buf_add(&table->out->line, cell, fits);
        rep_buf_str(&table->out->line, "\xe2\x80\xa6"); /* … */
        blanks(table, last ? 0 : width - 1 - rep_columns(cell, fits));
    } else {
        blanks(table, table->number[column] ? width - columns : 0);
        rep_buf_add(&table->out->line, cell, size);
        blanks(table, last || table->number[column] ? 0 : width - columns);
    }
    blanks(table, last ? 0 : GAP);
}

static void write_held(struct table *table)
{
    const char *cell = table->cells.data;
    if (table->cells.failed) {
        table->out->line.failed = true;
        return;
    }
    for (size_t row = 0; row < table->rows; row++) {
        bool head = row == 0 && !table->wrote;
        rep_out_colour(table->out, head ? REP_BOLD : REP_PLAIN);
        for (size_t i = 0; i < table->columns; i++) {
            write_cell(table, i, cell);
            cell += strlen(cell) + 1;
        }
        rep_out_colour(table->out, REP_PLAIN);
        rep_out_raw(table->out, "\n");
    }
    table->wrote = true;
    table->rows = 0;
    rep_buf_clear(&table->cells);
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
            fit_widths(table);
            write_held(table);
        } else if (table->wrote) {
            write_held(table);
        }
    }
    if (code >= 0 && !table->wrote) {
        fit_widths(table);
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
    int code = table.width && table.number ? write_table(db, &table) : rep_fail_memory(db);
    rep_buf_release(&table.cells);
    free(table.width);
    free(table.number);
    return code;
}
