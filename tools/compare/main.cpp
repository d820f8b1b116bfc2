// tools/compare A B: a comparison of the run B with the baseline A.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <utility>

#include "bench/program/version.h"
#include "compare/comparable_results.h"
#include "compare/comparison.h"
#include "compare/comparison_report.h"
#include "compare/turns.h"
#include "record/guarded_main.h"
#include "record/result_file.h"
#include "record/standard_streams.h"
#include "text/excerpt.h"

namespace biasbench::tools {
namespace {

constexpr int kCannotCompare = 2;

constexpr const char* kDescription = R"(Compares a run B with a baseline A: is B as good?

A and B are result folders (footprint, throughput, convergence, stability and peers.json, as many as
there are, and machine.json) or single result files. Rows are joined by name.

  build/release/tools/compare results/reference results/local

It prints the differences and a verdict; --all lists the rest.

Bytes are exact: one more is a regression. (Two are measured: peak_rss_bytes is the same within 2 % or
1 MiB, whichever is more, untracked_bytes within half of that.)

Times of throughput rows: a regression is slower by more than the threshold and significant at 0.05 by
Mann-Whitney's U test, corrected by Holm over all names; that takes 8 repetitions on both sides, as
--benchmark_repetitions=8 gives. The bracket behind a change is its 95 % bootstrap interval. Times are
first corrected for the machine's speed: a repetition that lost processor time to other programs is
dropped if 8 others remain (so measure 16), else scaled to all cores; times are scaled to the mean speed
of both runs, from the speeds that throughput measures around every repetition, by exponents fitted to
the repetitions within each run. The test cannot know of a machine that differs between the two runs in
ways that neither shows, such as another program on a core throughout one of them.

time_ratio is a row's median time over the geometric mean of those of the other rows with the same
shape, batch and threads (in peers.json: of ours over that of the libraries). It needs no minimum of
repetitions and is a regression beyond the ratio bound.

Losses, accuracies and divergence are compared over the seeds that both sides ran: by the U test at
0.05 from 4 seeds on, and never within the tolerance. So are the largest stable learning rate and the
best rate's loss, within the 10 % to which stability searches rates.

With --in-turns, A and B hold a folder of result files for each turn: 1, 2, … (tools/compare_commits
makes them). A time then is judged by the ratios of B to A turn by turn: a regression is a median ratio
beyond the threshold, significant at 0.05 by Wilcoxon's signed-rank test with Holm's correction over all
names. Times are corrected as above. Seeds are rows of their own, and the tolerance is that of
stable rates, too. There is no time_ratio.

Exit codes: 0 the same or better, 1 a regression, 2 cannot compare (the reason is on stderr).)";

struct Arguments {
  std::filesystem::path a;
  std::filesystem::path b;
  ComparisonOptions comparison;
  double threshold_percent = 100 * comparison.time_threshold;
  double ratio_bound_percent = 100 * comparison.ratio_bound;
  double tolerance_percent = 100 * comparison.convergence_tolerance;
  ReportOptions report;
  bool is_markdown = false;
  bool is_json = false;
};

// A percentage; CLI11's own range lets NaN pass.
CLI::Validator Percentage() {
  return {[](std::string& text) -> std::string {
            double value = -1;
            const bool is_number = CLI::detail::lexical_cast(text, value);
            if (is_number && value >= 0 && value <= 1000) return {};
            return fmt::format("'{}' is not a percentage from 0 to 1000", text::Excerpt(text));
          },
          "PERCENT"};
}

void AddOptions(CLI::App& app, Arguments& arguments) {
  app.add_option("A", arguments.a, "the baseline's folder or file")->required();
  app.add_option("B", arguments.b, "the folder or file to judge")->required();
  app.add_option("--threshold", arguments.threshold_percent,
                 "a time slower by more than this percentage is a regression")
      ->check(Percentage())
      ->capture_default_str();
  app.add_option("--tolerance", arguments.tolerance_percent,
                 "differences of a loss or an accuracy up to this percentage do not count")
      ->check(Percentage())
      ->capture_default_str();
  app.add_option("--ratio-bound", arguments.ratio_bound_percent,
                 "a time_ratio higher by more than this percentage is a regression")
      ->check(Percentage())
      ->capture_default_str();
  app.add_flag("--in-turns", arguments.comparison.takes_turns,
               "A and B were measured in turns, and hold a folder for each: 1, 2, …");
  app.add_flag("--allow-different-machine", arguments.comparison.allow_different_machine,
               "compare times although the machines differ");
  app.add_flag("--intersection", arguments.report.silence_missing_names,
               "do not list the names that only one side has (one is a smaller preset)");
  app.add_flag("--all", arguments.report.show_all,
               "also list what is only counted: all that is the same or not judged");
  auto* markdown = app.add_flag("--markdown", arguments.is_markdown, "print a Markdown table");
  app.add_flag("--json", arguments.is_json, "print everything as JSON")->excludes(markdown);
}

std::string Report(const Comparison& comparison, const Arguments& arguments) {
  if (arguments.is_json) return record::DumpJson(JsonReport(comparison));
  return arguments.is_markdown ? MarkdownReport(comparison, arguments.report)
                               : ConsoleReport(comparison, arguments.report);
}

int Run(const Arguments& arguments) {
  auto [a, b] = arguments.comparison.takes_turns
                    ? LoadTurns(arguments.a, arguments.b)
                    : std::pair(LoadComparable(arguments.a), LoadComparable(arguments.b));
  const Comparison comparison = Compare(std::move(a), std::move(b), arguments.comparison);
  const std::string report = Report(comparison, arguments);
  std::fputs(report.c_str(), stdout);
  record::FlushOutput();
  if (comparison.rows.empty()) throw std::runtime_error("A and B have nothing in common");
  if (comparison.ExitCode() == kCannotCompare) {
    throw std::runtime_error("nothing that A and B have in common could be judged");
  }
  return comparison.ExitCode();
}

int Main(int argc, char** argv) {
  CLI::App app(kDescription, "compare");
  Arguments arguments;
  AddOptions(app, arguments);
  bench::AddVersionFlag(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& answer) {
    return app.exit(answer);
  }
  arguments.report.show_times = arguments.comparison.takes_turns;
  arguments.comparison.time_threshold = arguments.threshold_percent / 100;
  arguments.comparison.ratio_bound = arguments.ratio_bound_percent / 100;
  arguments.comparison.convergence_tolerance = arguments.tolerance_percent / 100;
  return Run(arguments);
}

}  // namespace
}  // namespace biasbench::tools

int main(int argc, char** argv) {
  return biasbench::record::GuardedMain("compare",
                                        [&] { return biasbench::tools::Main(argc, argv); });
}
