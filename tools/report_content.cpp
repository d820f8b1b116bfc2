#include "report_content.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <set>

#include "report_figures.h"
#include "report_levers.h"
#include "report_numbers.h"
#include "report_peers.h"
#include "report_tables.h"
#include "report_verdict.h"

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
    AddConvergence();
    AddStrategies();
    AddMachine();
    AddCommands();
    return std::move(document_);
  }

 private:
  void Add(Block block) { document_.push_back(std::move(block)); }

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
    Add(Heading{2, "The answer, as measured"});
    List list;
    for (const auto& [topic, text] : Verdict(results_)) list.items.push_back({topic, text});
    Add(std::move(list));
    AddFigures("memory_vs_loss");
    Add(Paragraph{Provenance()});
    if (!results_.missing.empty()) {
      Add(Paragraph{fmt::format("Missing from this folder, and so from this report: {}.",
                                fmt::join(results_.missing, ", "))});
    }
  }

  // Where, when and from which state of the code, in a line.
  std::string Provenance() const {
    std::set<std::string> commits;
    for (const auto* file : {&results_.footprint, &results_.throughput, &results_.convergence}) {
      if (!*file) continue;
      const auto& context = (*file)->context;
      const auto sha = context.find("git_sha");
      const auto dirty = context.find("git_is_dirty");
      const bool is_dirty = dirty != context.end() && (*dirty == true || *dirty == "true");
      commits.insert(fmt::format("{}{}",
                                 sha != context.end() && sha->is_string()
                                     ? Code(sha->get<std::string>().substr(0, 12))
                                     : "unknown",
                                 is_dirty ? " with changes that were not committed" : ""));
    }
    std::string text = "Measured";
    if (results_.machine) {
      const auto model = results_.machine->find("cpu_model");
      if (model != results_.machine->end() && model->is_string()) {
        text += " on " + Plain(model->get<std::string>());
      }
    }
    if (!commits.empty()) text += fmt::format(" at commit {}", fmt::join(commits, "; "));
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
    if (results_.peers.empty()) return;
    Add(Heading{3, "Beside other libraries"});
    AddTable(PeersTable(results_.peers));
  }

  void AddConvergence() {
    Add(Heading{2, "Convergence"});
    if (!CheckRows(results_.convergence, "convergence.json")) return;
    Add(List{{{"How to update a bias", UpdateRules(results_.convergence)}}});
    for (const Comparison& task : CompareByTask(*results_.convergence)) {
      Add(Heading{3, Code(task.task)});
      if (results_.curves) AddFigures(ConvergenceName(task));
      AddTable(ConvergenceTable(*results_.convergence, task.task));
      if (results_.curves) AddTable(CurveTable(task, *results_.curves));
    }
    if (!results_.curves) Add(Paragraph{"No losses by epoch: curves.csv is missing."});
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
  }

  void AddCommandsOf(const std::optional<ResultFile>& file, const char* program) {
    if (!file) return;
    Folded folded;
    for (const Row& row : file->rows) {
      if (!row.command.empty() && std::ranges::count(folded.lines, row.command) == 0) {
        folded.lines.push_back(row.command);
      }
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
  if (results.throughput) add(Throughput(*results.throughput));
  if (results.convergence) {
    const std::vector<Comparison> tasks = CompareByTask(*results.convergence);
    add(MemoryVersusLoss(tasks));
    for (const Comparison& task : tasks) {
      if (results.curves) add(Convergence(task, *results.curves));
    }
  }
  return plots;
}

Document MakeDocument(const Results& results, const std::vector<Plot>& plots,
                      const std::map<std::string, std::string>& pictures) {
  return Builder(results, plots, pictures).Build();
}

}  // namespace biasbench::report
