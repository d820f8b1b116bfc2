#include "bench/program/command_line.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <stdexcept>
#include <utility>

#include "bench/program/axis_flags.h"
#include "bench/program/benchmark_flags.h"
#include "bench/program/choices.h"
#include "bench/program/flag_values.h"
#include "bench/program/progress.h"
#include "bench/program/rank_flags.h"
#include "setting/combination.h"

namespace biasbench::bench {
namespace {

using Texts = std::vector<std::string>;

constexpr std::string_view kBenchmarkFooter =
    "Google Benchmark's flags work too, among them:\n"
    "  --benchmark_filter=REGEX        run only those of the rows whose name matches\n"
    "  --benchmark_repetitions=N       measure each row N times\n"
    "  --benchmark_min_time=SECONDS    throughput: the least duration (or '3x', three iterations, "
    "if\n"
    "                                  Google Benchmark is 1.8 or later)\n"
    "  --benchmark_out=FILE            write the rows as JSON, after each row, never half a file\n"
    "                                  (to standard output: --benchmark_format=json)\n"
    "  --benchmark_list_tests          print the names of the rows, and run none\n"
    "  --benchmark_format=console|json|csv, --benchmark_color=auto|true|false, …\n"
    "(console: what tells rows apart, and few figures; the JSON has all. json: the document of\n"
    "--benchmark_out, with means and other aggregates. auto: colors only on a terminal, and none "
    "if\n"
    "NO_COLOR is set in the environment.)\n"
    "Exit status: 0 all rows measured; 1 a row failed; 2 wrong flags, or nothing fits.";

void AddOwnDataFlags(setting::OwnDataFlags& typed, CLI::App& app) {
  const auto add = [&](const char* name, std::string& value, const char* kind, const char* what) {
    app.add_option(name, value, what)
        ->type_name(kind)
        ->group("Your own data, instead of --task (plain or .gz)")
        ->multi_option_policy(CLI::MultiOptionPolicy::Throw);
  };
  add("--train", typed.train, "FILE",
      "training data: FILE.csv, lines of fields; or an array of samples, IDX or\nNumPy (.npy), "
      "with "
      "its labels: SAMPLES,LABELS");
  add("--train_labels", typed.train_labels, "FILE", "the labels' array, apart");
  add("--test", typed.test, "FILE", "test data, likewise");
  add("--test_labels", typed.test_labels, "FILE", "the labels' array, apart");
  add("--test_share", typed.test_share, "NUMBER",
      "in place of --test: a share of the training data, chosen by the seed, such as 0.2");
  add("--target", typed.target, "COLUMN",
      "CSV: the target's name in the header, or its number from 1 (default:\nthe last); all other "
      "columns are inputs, but a first one without a name\nunder a header: an index, left out");
  add("--kind", typed.kind, "KIND",
      "regression: the target is a number (default for CSV)\nclassification: it is a label, text "
      "or "
      "a whole number; all labels occur in\nthe training data (default for arrays)");
  add("--scale", typed.scale, "HOW",
      "standardize: subtract each column's mean and divide by its deviation,\nboth of the training "
      "data; a regression's target too, so that always\nanswering its mean has a loss of 1 "
      "(default)\nnone: leave all as it is, also offsets that a bias would have to "
      "learn\nArrays of unsigned bytes have no choice: bytes/255");
  add("--header", typed.header, "HOW",
      "CSV: the first line names the columns, yes or no\nauto: it does if numbers stand below "
      "something else, or if it counts up\nfrom 0 (default)");
  add("--separator", typed.separator, "NAME",
      "CSV: comma, semicolon, tab, blank, or , ; | : (default: auto, recognised)");
  add("--decimal", typed.decimal, "MARK",
      "CSV: . or , in numbers; , only where it separates no fields (default: .)");
  add("--comment", typed.comment, "MARK", "CSV: what follows it on a line is ignored, as #");
}

struct TypedLine {
  setting::Typed values;
  bool list = false;
};

void AddFlags(const setting::Program& program, TypedLine& typed, CommandLine& line, CLI::App& app) {
  AddAxisFlags(program, typed.values, app);
  if (program.trains_on_tasks) {
    AddOwnDataFlags(typed.values.own_data, app);
  } else {
    app.add_option("--task", typed.values.shape_tasks, "take inputs and outputs from these tasks")
        ->type_name("LIST")
        ->group(kWhatToRun)
        ->multi_option_policy(CLI::MultiOptionPolicy::Throw);
  }
  if (program.follows_epochs) {
    app.add_option("--curves", line.curves, "write the losses of every epoch (CSV)")
        ->type_name("FILE")
        ->group(kHowToTrain)
        ->multi_option_policy(CLI::MultiOptionPolicy::Throw);
  }
  AddRankFlags(line.launcher, app);
  app.add_flag("--resume", line.resume, "keep the finished rows of the --benchmark_out file");
  app.add_flag("--list", typed.list, "list strategies, schedules, optimizers and tasks");
}

// Adds a flag for benchmark::Initialize, and its consequences for the command line.
void AddBenchmarkFlag(const std::string& flag, CommandLine& line) {
  constexpr std::string_view kFormat = "--benchmark_format=";
  constexpr std::string_view kRepetitions = "--benchmark_repetitions=";
  constexpr std::string_view kContext = "--benchmark_context=";
  const auto is_context = [&](const std::string& any) { return any.starts_with(kContext); };
  if (is_context(flag) && std::ranges::any_of(line.benchmark_flags, is_context)) {
    throw std::invalid_argument("--benchmark_context: given twice; all pairs go into one, a=b,c=d");
  }
  line.benchmark_flags.push_back(flag);
  if (flag.starts_with(kFormat)) line.format = flag.substr(kFormat.size());
  if (flag.starts_with(kRepetitions)) {
    line.repetitions = std::stoll(flag.substr(kRepetitions.size()));
  }
  const bool decides_measuring = flag.starts_with("--benchmark_min_") ||
                                 flag.starts_with("--benchmark_dry_run") ||
                                 flag.starts_with(kRepetitions);
  if (decides_measuring) line.measuring_flags.push_back(flag);
}

}  // namespace

Texts SplitOffBenchmarkFlags(const Texts& arguments, CommandLine& line) {
  const char* const out = std::getenv("BENCHMARK_OUT");
  if (out != nullptr) line.out = out;
  // Google Benchmark's own default is colors on a terminal alone; it does not know of NO_COLOR.
  const char* const no_color = std::getenv("NO_COLOR");
  if (no_color != nullptr && *no_color != '\0') {
    line.benchmark_flags.emplace_back("--benchmark_color=false");
  }
  for (const std::string& flag : BenchmarkFlagsOfEnvironment()) AddBenchmarkFlag(flag, line);
  constexpr std::string_view kOut = "--benchmark_out=";
  Texts rest;
  for (const std::string& argument : arguments) {
    if (argument.starts_with(kOut) || argument == "--benchmark_out") {
      line.out = argument.substr(std::min(kOut.size(), argument.size()));
      if (line.out.empty()) {
        throw std::invalid_argument("--benchmark_out=FILE: expected a file's name");
      }
    } else if (argument.starts_with("--benchmark_") || argument.starts_with("--v=")) {
      AddBenchmarkFlag(CheckedBenchmarkFlag(argument), line);
    } else {
      rest.push_back(argument);
    }
  }
  return rest;
}

CommandLine ParseCommandLine(const setting::Program& program, const Texts& arguments) {
  CommandLine line;
  Texts own = SplitOffBenchmarkFlags(arguments, line);
  TypedLine typed;
  CLI::App app{std::string(program.summary), std::string(program.name)};
  app.set_help_flag("--help,-h", "this text");
  app.footer(fmt::format("{}Examples:\n{}\n{}",
                         program.trains_on_tasks
                             ? fmt::format("By task: {}.\n\n", setting::DescribeTaskDefaults())
                             : "",
                         program.trains_on_tasks
                             ? fmt::format("{}Your own data, by kind of file:\n{}",
                                           program.examples, setting::OwnDataExamples(program.name))
                             : std::string(program.examples),
                         kBenchmarkFooter));
  AddFlags(program, typed, line, app);
  line.answer = ParseOrAnswer(app, std::move(own));
  if (!line.answer.empty()) return line;
  if (typed.list) {
    line.answer = ListOfChoices();
    return line;
  }
  if (line.resume && line.out.empty()) {
    throw std::invalid_argument("--resume: needs --benchmark_out, the file to resume");
  }
  Progress progress("own data");
  line.configurations =
      setting::Combine(program, typed.values, [&](const std::string& file, double share) {
        progress.Enter(fmt::format("reading {}, {:.0f}%", file, 100 * share));
        progress.Tick();
      });
  CheckRanks(line);
  return line;
}

}  // namespace biasbench::bench
