/* Looking up rows of the contract. */
#include "contract_rows.h"

#include <errno.h>
#include <simrun/contract.h>
#include <string.h>

enum { COLUMNS = 6 };

/* Reads the row at *at and moves on; the columns follow each other, each with its NUL. */
static void read_row(const char **at, struct contract_row *ret)
{
    const char *columns[COLUMNS];
    for (size_t i = 0; i < COLUMNS; i++) {
        columns[i] = *at;
        *at += strlen(*at) + 1;
    }
    *ret = (struct contract_row){columns[0], columns[1], columns[2],
                                 columns[3], columns[4], columns[5]};
}

bool contract_row_at(size_t i, struct contract_row *ret)
{
    const char *at = contract_rows;
    struct contract_row row;
    size_t n = 0;
    for (read_row(&at, &row); *at; n++) { /* the first one names the columns */
        read_row(&at, &row);
        if (n == i) {
            *ret = row;
            return true;
        }
    }
    return false;
}

int contract_row_find(const char *id, struct contract_row *ret)
{
    const char *at = contract_rows;
    struct contract_row row;
    read_row(&at, &row);
    while (*at) {
        read_row(&at, &row);
        if (strcmp(row.id, id) == 0) {
            *ret = row;
            return 0;
        }
    }
    return -ENOENT;
}
