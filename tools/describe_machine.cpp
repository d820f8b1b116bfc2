// tools/describe_machine: what machine this is, as machine.json of a results folder.
#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <string_view>

#include "machine/host.h"
#include "record/result_file.h"

int main(int argc, char** argv) {
  if (argc != 2 || std::string_view(argv[1]).starts_with("-")) {
    fmt::print(stderr,
               "usage: describe_machine FILE: writes what machine this is to FILE (JSON)\n");
    return 2;
  }
  try {
    biasbench::record::WriteJson(argv[1], biasbench::machine::DescribeHost());
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "describe_machine: {}\n", error.what());
    return 2;
  }
}
