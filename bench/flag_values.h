// Values of the programs' flags: whole numbers as people write them, and lists separated by commas.
// Every function throws std::invalid_argument naming what is wrong and what is accepted.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <exception>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
}

namespace biasbench::bench {

struct CountRange {
  std::int64_t least = 1;
  std::int64_t most = 1;
};
inline constexpr CountRange kSizes{1, std::int64_t{1} << 40};
inline constexpr CountRange kSamples{1, INT32_MAX};  // samples are counted in 32 bits
inline constexpr CountRange kThreads{1, 1024};
inline constexpr CountRange kSeeds{0, std::int64_t{1} << 53};

// "1000000", "1e6" and "1.5e3" are whole numbers; "2.5", "", "x" and what is out of range are not.
std::int64_t ParseCount(std::string_view text, const CountRange& range);

// A finite number above zero.
double ParsePositive(std::string_view text);

// How long to measure: above 0, and a day at most.
double ParseSeconds(std::string_view text);

// The parts between commas; none may be empty.
std::vector<std::string> SplitList(std::string_view text);
std::vector<std::int64_t> ParseCounts(std::string_view text, const CountRange& range);

// parse(text); errors then begin with the flag.
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

// Parses the arguments (without the program's name) and returns what --help is answered with, or
// nothing if it was not asked for. Throws std::invalid_argument; also for "--flag=" with nothing
// after it, for which CLI11 would take the next argument.
std::string ParseOrHelp(CLI::App& app, std::vector<std::string> arguments);

// The whole main() of a program that these flags are all of: answers --help, or parses and returns
// run(). What is thrown becomes one line on stderr, behind the app's name, and exit status 2.
int RunWithFlags(CLI::App& app, int argc, char** argv, const std::function<int()>& run);

// What --threads is when it is not given: the whole processors that this program may keep busy, by
// its mask and CPU quota.
int AvailableProcessors();

}  // namespace biasbench::bench
