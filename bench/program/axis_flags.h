// Command-line flags made from the table of axes.
#pragma once

#include <string>

#include "setting/axis.h"
#include "setting/combination.h"

namespace CLI {
class App;
}

namespace biasbench::bench {

inline constexpr const char* kWhatToRun = "What to run";  // a heading of --help
inline constexpr const char* kHowToTrain = "How to train";

// Adds the flags of all axes that the program has. Their values go to `typed`, which must outlive
// the parsing.
void AddAxisFlags(const setting::Program& program, setting::Typed& typed, CLI::App& app);

// The values on an axis: those typed, or the program's default, which must exist. Throws
// std::invalid_argument that begins with the flag.
std::vector<setting::Value> ValuesOf(const setting::Program& program, const setting::Typed& typed,
                                     std::string_view key);
// The one value on an axis that takes no list here. Throws likewise.
setting::Value ValueOf(const setting::Program& program, const setting::Typed& typed,
                       std::string_view key);

}  // namespace biasbench::bench
