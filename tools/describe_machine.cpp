// tools/describe_machine: what machine this is, as machine.json of a results folder.
#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <string_view>

#include "machine/host.h"
#include "record/result_file.h"
#include "record/standard_streams.h"

int main(int argc, char** argv) {
  const std::string_view argument = argc == 2 ? argv[1] : "";
  const bool asks_for_help = argument == "--help" || argument == "-h";
  if (argument.empty() || argument.starts_with('-')) {
    fmt::print(asks_for_help ? stdout : stderr,
               "usage: describe_machine FILE: writes what machine this is to FILE (JSON)\n");
    return asks_for_help ? 0 : 2;
  }
  try {
    biasbench::record::WriteJson(argv[1], biasbench::machine::DescribeHost());
    return 0;
  } catch (const std::exception& error) {
    biasbench::record::PrintError("describe_machine", error.what());
    return 2;
  }
}
