// tools/describe_machine: what machine this is, as machine.json of a results folder.
#include <fmt/format.h>

#include <stdexcept>
#include <string_view>

#include "machine/host.h"
#include "record/guarded_main.h"
#include "record/result_file.h"

namespace {

constexpr const char* kUsage =
    "usage: describe_machine FILE: writes what machine this is to FILE (JSON)";

int Run(std::string_view argument) {
  if (argument == "--help" || argument == "-h") {
    fmt::print("{}\n", kUsage);
    return 0;
  }
  if (argument.empty() || argument.starts_with('-')) throw std::invalid_argument(kUsage);
  biasbench::record::WriteJson(argument, biasbench::machine::DescribeHost());
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  return biasbench::record::GuardedMain("describe_machine",
                                        [&] { return Run(argc == 2 ? argv[1] : ""); });
}
