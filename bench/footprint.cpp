// footprint: the memory that training needs, by formula, by the ledger and by the kernel.
//
// Bounds: three training steps make every buffer that training ever makes, so the peak is that of
// any longer training. Fixed work, in a fresh process for each row.
#include "bench/program/program.h"

namespace biasbench::bench {
namespace {

constexpr std::int64_t kSteps = 3;

Times Measure(Row& row, std::int64_t /*iterations*/) {
  const bool freezes = row.configuration.network.strategy->trained_share < 1;
  Times times;
  for (std::int64_t step = 1; step <= kSteps; ++step) {
    // A strategy that freezes its biases does so before the last step: steady_bytes are those that
    // remain.
    if (freezes && step == kSteps) row.Ask({{"freeze", true}}, "freeze");
    const nlohmann::json answer = row.Steps(1, "steps");
    times.seconds += answer.at("seconds").get<double>() / kSteps;
    times.cpu_seconds += answer.at("cpu_seconds").get<double>() / kSteps;
  }
  row.keys["phases"] = row.Ask({{"phases", true}}, "report");
  return times;
}

constexpr std::string_view kColumns[] = {"tracked_peak_bytes", "peak_rss_bytes", "untracked_bytes",
                                         "bias_bytes", "bias_share"};

constexpr setting::Default kDefaults[] = {{"schedule", "textbook,in_place,recompute"}};

const Program kProgram{
    .description = {.name = "footprint",
                    .summary = "Measures the memory that training takes under bias strategies.",
                    .examples =
                        "  footprint --strategies=all --hidden=1e6\n"
                        "  footprint --inputs=64,784 --schedules=all --optimizers=sgd,adam\n"
                        "  footprint --benchmark_out=footprint.json --resume\n",
                    .defaults = kDefaults},
    .measuring = {.measure = Measure, .columns = kColumns, .needs_resident_peak = true},
    .iterations = 1};

}  // namespace
}  // namespace biasbench::bench

int main(int argc, char** argv) {
  return biasbench::bench::RunProgram(biasbench::bench::kProgram, argc, argv);
}
