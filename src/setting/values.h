// Parsing of typed values: whole numbers, and lists separated by commas. Every function throws
// std::invalid_argument naming what is wrong and what is accepted.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace biasbench::setting {

struct CountRange {
  std::int64_t min = 1;
  std::int64_t max = 1;
};
inline constexpr CountRange kSizes{1, std::int64_t{1} << 40};
inline constexpr CountRange kSamples{1, INT32_MAX};  // samples are counted in 32 bits
inline constexpr CountRange kThreads{1, 1024};
inline constexpr CountRange kRanks{1, 1'000'000};
inline constexpr CountRange kSeeds{0, std::int64_t{1} << 53};

// NaN for what is not a number or too large for one.
double ParseNumber(std::string_view text);

// "1000000", "1e6" and "1.5e3" are whole numbers; "2.5", "", "x" and what is out of range are not.
std::int64_t ParseCount(std::string_view text, const CountRange& range);

// A finite number above zero.
double ParsePositive(std::string_view text);

// The parts between commas; none may be empty.
std::vector<std::string> SplitList(std::string_view text);

// Returns parse(text); errors begin with the flag.
template <class Parse>
auto ParseFlag(std::string_view flag, const std::string& text, const Parse& parse) {
  try {
    return parse(text);
  } catch (const std::exception& error) {
    throw std::invalid_argument(fmt::format("{}: {}", flag, error.what()));
  }
}

// ParseCount for the value of a flag.
std::int64_t ParseCountFlag(std::string_view flag, const std::string& text,
                            const CountRange& range);

// The default of --threads: the number of whole processors that this program may keep busy, by its
// mask and CPU quota.
int AvailableProcessors();

}  // namespace biasbench::setting
