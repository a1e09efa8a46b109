// 128-bit integers: exact sums of squares and exact ratios.
#ifndef XLAD_BASE_WIDE_H
#define XLAD_BASE_WIDE_H

__extension__ typedef __int128 int128;

#endif
