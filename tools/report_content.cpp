#include "report_content.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <sstream>
#include <utility>

#include "report_builds.h"
#include "report_decay.h"
#include "report_evidence.h"
#include "report_figures.h"
#include "report_frontier.h"
#include "report_levers.h"
#include "report_numbers.h"
#include "report_pairs.h"
#include "report_peers.h"
#include "report_phases.h"
#include "report_scaling.h"
#include "report_seconds.h"
#include "report_signs.h"
#include "report_tables.h"
#include "report_verdict.h"
#include "report_width.h"

namespace biasbench::report {
namespace {

class Builder {
 public:
  Builder(const Results& results, const std::vector<Plot>& plots,
          const std::map<std::string, std::string>& pictures)
      : results_(results), plots_(plots), pictures_(pictures) {}

  Document Build() {
    AddAnswer();
    AddFootprint();
    AddThroughput();
    AddScaling();
    AddConvergence();
    AddUpdateExperiments();
    AddStability();
    AddStrategies();
    AddMachine();
    AddCommands();
    return std::move(document_);
  }

 private:
  void Add(Block block) { document_.push_back(std::move(block)); }

  void AddSentences(const std::vector<Sentence>& sentences) {
    List list;
    for (const auto& [topic, text] : sentences) {
      std::istringstream lines(text);
      ListItem item{topic, ""};
      std::getline(lines, item.text);
      for (std::string line; std::getline(lines, line);) item.items.push_back(line);
      list.items.push_back(std::move(item));
    }
    Add(std::move(list));
  }

  void AddTable(Table table) {
    if (!table.rows.empty()) Add(std::move(table));
  }

  void AddFigures(const std::string& start_of_name) {
    for (const Plot& plot : plots_) {
      if (plot.name.starts_with(start_of_name)) {
        Add(Figure{plot.name, plot.title, plot.caption, pictures_.at(plot.name)});
      }
    }
  }

  // Says so where there is nothing to show; true if there are rows.
  bool CheckRows(const std::optional<ResultFile>& file, const char* name) {
    if (!file) Add(Paragraph{fmt::format("Not measured: {} is missing.", name)});
    if (file && file->rows.empty()) Add(Paragraph{fmt::format("{} has no rows.", name)});
    return file && !file->rows.empty();
  }

  void AddAnswer() {
    Add(Heading{1, "What biases cost: memory, speed and convergence"});
    Add(Paragraph{kQuestion});
    if (std::string warning = BuildWarning(results_); !warning.empty()) {
      Add(Paragraph{std::move(warning)});
    }
    Add(Heading{2, "The answer, as measured"});
    AddSentences(Verdict(results_));
    AddFigures("memory_vs_loss");
    Add(Paragraph{Provenance()});
    if (!results_.missing.empty()) {
      Add(Paragraph{fmt::format("Missing from this folder, and so from this report: {}.",
                                fmt::join(results_.missing, ", "))});
    }
  }

  // Where and from which state of the code, in a line.
  std::string Provenance() const {
    std::string text = "Measured";
    if (results_.machine) {
      const auto model = results_.machine->find("cpu_model");
      if (model != results_.machine->end() && model->is_string()) {
        text += " on " + Plain(model->get<std::string>());
      }
    }
    if (const std::string commit = CommitPhrase(results_); !commit.empty()) text += " " + commit;
    return text +
           ". The run rules are in `results/README.md`; machine, build and the command of "
           "every row are at the end.";
  }

  void AddFootprint() {
    Add(Heading{2, "Footprint"});
    if (!CheckRows(results_.footprint, "footprint.json")) return;
    AddFigures("footprint_by_category");
    AddFigures("bias_share");
    if (Table levers = LeversTable(results_); !levers.rows.empty()) {
      Add(Heading{3, "What saves memory"});
      Add(std::move(levers));
    }
    if (Table prices = BiasPriceTable(*results_.footprint); !prices.rows.empty()) {
      Add(Heading{3, "What biases take, to the byte"});
      Add(Paragraph{BiasPriceText(*results_.footprint)});
      Add(std::move(prices));
    }
    if (Table phases = PhaseTable(*results_.footprint); !phases.rows.empty()) {
      Add(Heading{3, "By moment"});
      Add(std::move(phases));
    }
    Add(Heading{3, "By strategy"});
    AddTable(FootprintTable(*results_.footprint));
    Add(Heading{3, "By category"});
    AddTable(CategoryTable(*results_.footprint));
  }

  void AddThroughput() {
    Add(Heading{2, "Throughput"});
    if (!CheckRows(results_.throughput, "throughput.json")) return;
    AddFigures("throughput");
    AddTable(ThroughputTable(*results_.throughput));
    if (!results_.peers || results_.peers->rows.empty()) return;
    Add(Heading{3, "Beside other libraries"});
    AddTable(PeersTable(*results_.peers));
  }

  void AddScaling() {
    if (!results_.throughput || results_.throughput->rows.empty()) return;
    Add(Heading{2, "Scaling"});
    Add(Paragraph{ScalingVerdict(*results_.throughput)});
    AddFigures("scaling");
    for (Table& table : ScalingTables(*results_.throughput)) Add(std::move(table));
  }

  void AddConvergence() {
    Add(Heading{2, "Convergence"});
    if (!CheckRows(results_.convergence, "convergence.json")) return;
    AddSentences(ConvergenceVerdict(*results_.convergence));
    AddSentences(Evidence(*results_.convergence, Curves()));
    for (const Comparison& task : CompareByTask(*results_.convergence)) {
      Add(Heading{3, Code(task.task)});
      if (results_.curves) AddFigures(ConvergenceName(task));
      AddTable(ConvergenceTable(*results_.convergence, task.task));
      if (results_.curves) AddTable(CurveTable(task, *results_.curves));
      AddPairs(*results_.convergence, task.task, "train_loss", "Final training loss");
    }
    if (Table frontier = FrontierTable(*results_.convergence); !frontier.rows.empty()) {
      Add(Heading{3, "At equal memory"});
      Add(std::move(frontier));
    }
    if (Table seconds = SecondsTable(*results_.convergence, Curves()); !seconds.rows.empty()) {
      Add(Heading{3, "At equal seconds"});
      Add(std::move(seconds));
    }
    AddSweeps();
    if (!results_.curves) Add(Paragraph{"No losses by epoch: curves.csv is missing."});
  }

  const std::vector<CurvePoint>& Curves() const {
    static const std::vector<CurvePoint> no_curves;
    return results_.curves ? *results_.curves : no_curves;
  }

  // Where trainings differ in one number besides the strategy.
  void AddSweeps() {
    const std::vector<WidthSweep> widths = WidthSweeps(*results_.convergence);
    if (!widths.empty()) Add(Heading{3, "By width"});
    AddFigures("width");
    for (const WidthSweep& sweep : widths) AddTable(WidthTable(sweep));
    const std::vector<DecaySweep> decays = DecaySweeps(*results_.convergence);
    if (!decays.empty()) Add(Heading{3, "Regularization"});
    AddFigures("regularization");
    for (const DecaySweep& sweep : decays) AddTable(DecayTable(sweep));
  }

  void AddPairs(const ResultFile& file, const std::string& task, std::string_view key,
                std::string_view quantity) {
    for (const PairedSetting& setting : PairSettings(file, key)) {
      if (setting.any_row->task == task) AddTable(PairedTable(setting, quantity));
    }
  }

  // The second question's figure, and the mistakes that its network could have made.
  void AddUpdateExperiments() {
    const auto is_shown = [](const Plot& plot) {
      return plot.name.starts_with("bias_signs") || plot.name == "faults";
    };
    if (std::ranges::none_of(plots_, is_shown)) return;
    Add(Heading{2, "How biases are updated: signs and mistakes"});
    AddFigures("bias_signs");
    if (results_.convergence) {
      for (const SignExperiment& experiment : SignExperiments(*results_.convergence)) {
        AddTable(SignTable(experiment));
      }
    }
    AddFigures("faults");
  }

  void AddStability() {
    if (!results_.stability) return;
    Add(Heading{2, "Stability"});
    AddSentences(StabilityVerdict(*results_.stability));
    for (const Comparison& task : CompareByTask(*results_.stability)) {
      Add(Heading{3, Code(task.task)});
      AddTable(StabilityTable(*results_.stability, task.task));
      AddPairs(*results_.stability, task.task, "largest_stable_rate",
               "Largest stable learning rate");
    }
  }

  void AddStrategies() {
    Add(Heading{2, "Strategies"});
    AddTable(StrategyTable(results_));
  }

  void AddMachine() {
    Add(Heading{2, "Machine and build"});
    if (results_.machine) {
      AddTable(MachineTable(*results_.machine));
    } else {
      Add(Paragraph{"The machine is not described: machine.json is missing."});
    }
    const Table build = BuildTable(results_);
    AddTable(build);
  }

  void AddCommands() {
    Add(Heading{2, "How to repeat each row"});
    AddCommandsOf(results_.footprint, "footprint");
    AddCommandsOf(results_.throughput, "throughput");
    AddCommandsOf(results_.convergence, "convergence");
    AddCommandsOf(results_.stability, "stability");
  }

  void AddCommandsOf(const std::optional<ResultFile>& file, const char* program) {
    if (!file) return;
    Folded folded;
    for (const Row& row : file->rows) {
      std::string command = row.Text("command");
      if (command.empty() || std::ranges::count(folded.lines, command) > 0) continue;
      folded.lines.push_back(std::move(command));
    }
    if (folded.lines.empty()) return;
    folded.summary =
        fmt::format("{}: {}", Code(program), Counted(std::ssize(folded.lines), "command"));
    Add(std::move(folded));
  }

  const Results& results_;
  const std::vector<Plot>& plots_;
  const std::map<std::string, std::string>& pictures_;
  Document document_;
};

}  // namespace

std::vector<Plot> MakePlots(const Results& results) {
  std::vector<Plot> plots;
  const auto add = [&](std::optional<Plot> plot) {
    if (plot) plots.push_back(*std::move(plot));
  };
  if (results.footprint) {
    add(FootprintByCategory(*results.footprint));
    add(BiasShare(*results.footprint));
  }
  if (results.throughput) {
    add(Throughput(*results.throughput));
    add(ScalingFigure(*results.throughput));
  }
  if (results.convergence) {
    const std::vector<Comparison> tasks = CompareByTask(*results.convergence);
    add(MemoryVersusLoss(tasks));
    for (const Comparison& task : tasks) {
      if (results.curves) add(Convergence(task, *results.curves));
    }
    if (results.curves)
      std::ranges::move(SignFigures(*results.convergence, *results.curves),
                        std::back_inserter(plots));
  }
  if (results.convergence) {
    add(WidthFigure(*results.convergence));
    std::ranges::move(DecayFigures(*results.convergence), std::back_inserter(plots));
  }
  add(FaultFigure(results.faults));
  return plots;
}

Document MakeDocument(const Results& results, const std::vector<Plot>& plots,
                      const std::map<std::string, std::string>& pictures) {
  return Builder(results, plots, pictures).Build();
}

}  // namespace biasbench::report
