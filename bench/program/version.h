// The answer to --version, of every program: what a bug report has to say of a build.
#pragma once

#include <string>
#include <string_view>

namespace CLI {
class App;
}

namespace biasbench::bench {

// The program's commit, compiler, flags and libraries, and this machine's processor: one a line,
// without a newline at the end.
std::string VersionText(std::string_view program);

// Adds the flag --version, which ends parsing with CLI::CallForVersion; its what() is
// VersionText().
void AddVersionFlag(CLI::App& app);

}  // namespace biasbench::bench
