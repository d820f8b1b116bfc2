// Parsing of program flags, with values as src/setting reads them.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "setting/values.h"

namespace CLI {
class App;
}

namespace biasbench::bench {

using setting::AvailableProcessors;
using setting::CountRange;
using setting::kSamples;
using setting::kSeeds;
using setting::kSizes;
using setting::kThreads;
using setting::ParseCount;
using setting::ParseCountFlag;
using setting::ParseFlag;
using setting::ParsePositive;
using setting::SplitList;

// A duration in seconds: above 0, and a day at most. Throws std::invalid_argument.
double ParseSeconds(std::string_view text);

// The parts between commas, each a count. Throws std::invalid_argument.
std::vector<std::int64_t> ParseCounts(std::string_view text, const CountRange& range);

// Parses the arguments (without the program's name). Returns the text that answers --help or
// --version, which it adds to the flags; empty if neither was given. Throws std::invalid_argument,
// also for "--flag=" with nothing after it, for which CLI11 would take the next argument.
std::string ParseOrAnswer(CLI::App& app, std::vector<std::string> arguments);

// The whole main() of a program that has no flags but these: answers --help and --version, or
// parses and returns run(). An exception becomes one line on stderr, behind the app's name, and
// exit status 2.
int RunWithFlags(CLI::App& app, int argc, char** argv, const std::function<int()>& run);

}  // namespace biasbench::bench
