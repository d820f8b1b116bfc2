// Numbers for people. Exact bytes keep every digit; MiB and GiB are 2^20 and 2^30.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace biasbench::report {

std::string Integer(double value);         // 4000004 -> "4,000,004"
std::string Mebibytes(double bytes);       // "3.81", "<0.01"
std::string Bytes(double bytes);           // "40 B", "3.81 MiB", "2.97 GiB"
std::string Percent(double share);         // 0.00126 -> "0.126 %"
std::string ThreeDigits(double value);     // "0.00123", "31.0", "3.40e+38"; infinite -> "∞"
std::string Plain(std::string_view text);  // `text` without what Text would take as markup
std::string Code(std::string_view text);   // marked to be set as code
std::string Counted(std::int64_t count, std::string_view noun);  // "1 seed", "3 seeds"

}  // namespace biasbench::report
