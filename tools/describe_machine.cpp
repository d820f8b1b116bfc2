// tools/describe_machine: a description of this machine, as machine.json of a results folder; and
// its peaks.
#include <fmt/format.h>

#include <stdexcept>
#include <string>
#include <string_view>

#include "bench/program/build_info.h"
#include "bench/program/version.h"
#include "machine/host.h"
#include "machine/roofline.h"
#include "record/guarded_main.h"
#include "record/result_file.h"
#include "record/standard_streams.h"
#include "setting/values.h"

namespace {

constexpr const char* kUsage = R"(usage: describe_machine FILE
       describe_machine --peaks=THREADS
       describe_machine --version

Writes a description of this machine to FILE (JSON); or prints its peaks with a number of threads,
measured once in some 0.25 s, and the bytes of the array for the bus (JSON). --version prints commit,
compiler, flags, libraries and processor, for bug reports.)";

constexpr std::string_view kPeaks = "--peaks=";

void PrintPeaks(const std::string& text) {
  namespace machine = biasbench::machine;
  namespace setting = biasbench::setting;
  const auto threads =
      static_cast<int>(setting::ParseCountFlag("--peaks", text, setting::kThreads));
  const std::int64_t array_bytes = machine::BandwidthArrayBytes(threads);
  nlohmann::json peaks = machine::ToJson(machine::Yardstick(array_bytes).Measure(threads));
  peaks["array_bytes"] = array_bytes;
  fmt::print("{}\n", peaks.dump());
}

int Run(std::string_view argument) {
  if (argument == "--help" || argument == "-h") {
    fmt::print("{}\n", kUsage);
    return 0;
  }
  if (argument == "--version") {
    fmt::print("{}\n", biasbench::bench::VersionText("describe_machine"));
    return 0;
  }
  if (argument.starts_with(kPeaks)) {
    PrintPeaks(std::string(argument.substr(kPeaks.size())));
    return 0;
  }
  if (argument.empty() || argument.starts_with('-')) {
    throw std::invalid_argument("expected FILE or --peaks=THREADS; see --help");
  }
  const biasbench::bench::BuildInfo build = biasbench::bench::DescribeBuild();
  if (!build.doubt.empty()) biasbench::record::PrintError("describe_machine", build.doubt);
  nlohmann::json machine = biasbench::machine::DescribeHost();
  for (const char* key : {"git_sha", "git_is_dirty", "binary_sha256"}) {
    machine[key] = build.keys[key];
  }
  biasbench::record::WriteJson(argument, machine);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  return biasbench::record::GuardedMain("describe_machine",
                                        [&] { return Run(argc == 2 ? argv[1] : ""); });
}
