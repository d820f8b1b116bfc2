// tools/axes_schema: the part of the result files' schema that the table of axes decides.
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "bench/program/flag_values.h"
#include "record/result_file.h"
#include "setting/schema.h"

namespace {

constexpr const char* kDescription =
    R"(Prints the JSON Schema of a row's setting, from the table of axes. Run it after changing that table:

  build/release/tools/axes_schema > results/schema/axes.json)";

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(kDescription, "axes_schema");
  return biasbench::bench::RunWithFlags(app, argc, argv, [] {
    fmt::print("{}", biasbench::record::DumpJson(biasbench::setting::SchemaOfAxes()));
    return 0;
  });
}
