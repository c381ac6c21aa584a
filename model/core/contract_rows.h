/* The bytes that the build makes of model/contract/rows.tsv: tabs and line ends are NULs, one more
 * ends it. */
#ifndef SIMRUN_CORE_CONTRACT_ROWS_H
#define SIMRUN_CORE_CONTRACT_ROWS_H

extern const char contract_rows[];

#endif
