// Quantities as people read them: three or four digits and a unit.
#pragma once

#include <string>

namespace biasbench::text {

// "0.0124", "88.9", "1.24e-07": as many significant digits, zeros at the end included.
std::string Significant(double value, int digits);

// Four significant digits, and all before the point: "66.42", "0.0008461", "123457".
std::string Number(double value);

// "40 B", "3.206 GiB": four digits, so that differences of a thousandth show.
std::string Bytes(double bytes);

// "0.116 %", "92.9 %".
std::string Percent(double share);

// "966 ms", "80.1 s".
std::string Seconds(double seconds);

// "0:35", "2:05:00": a duration to wait for.
std::string Clock(double seconds);

}  // namespace biasbench::text
