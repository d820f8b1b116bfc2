// Numbers as tables hold them, whatever the locale.
#pragma once

#include <optional>
#include <string_view>

namespace biasbench::data {

// The value of a field that is a number: a sign of either kind, digits, a decimal point (or comma,
// if that is `decimal`) and an exponent, in single precision; what is too small for it is 0.
// Nothing for anything else, or beyond single precision's range.
std::optional<float> ParseCsvNumber(std::string_view field, char decimal);

// True if a field is a number of any kind, also one out of range, infinite or nan.
bool IsCsvNumber(std::string_view field, char decimal);

}  // namespace biasbench::data
