#include "report/content.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <string_view>
#include <utility>

#include "report/answer.h"
#include "report/builds.h"
#include "report/limits.h"
#include "report/markdown.h"
#include "report/numbers.h"
#include "report/online_rule.h"
#include "report/rows.h"
#include "report/tables.h"

namespace biasbench::report {
namespace {

using record::ResultFile;

constexpr std::string_view kConventions =
    "Numbers are medians [95 % interval]: of seeds or repetitions by resampling (with fewer than "
    "six "
    "of them the interval is narrower than it should be), of differences seed by seed by "
    "Wilcoxon's "
    "signed-rank test, which has none below six seeds. Such an interval is of one contrast alone, "
    "so it may "
    "exclude zero where the family as a whole tells nothing. Findings are one of four words: "
    "lower, "
    "higher, "
    "no difference seen, too few seeds; at 0.05 after Holm's adjustment over all contrasts of one "
    "setting. The six contrasts of the first screen are one family, all other strategies another.";

class Builder {
 public:
  Builder(const Results& results, const std::vector<Finding>& findings,
          const std::vector<Figure>& figures)
      : results_(results), findings_(findings), figures_(figures) {}

  std::string Build() && {
    AddAnswer();
    markdown_.AddHeading(2, "Both sides");
    markdown_.AddList(BothSides(results_, findings_));
    AddFigures("brightness");
    AddFootprint();
    AddThroughput();
    AddTraining();
    AddUpdates();
    AddStability();
    markdown_.AddHeading(2, "Strategies");
    markdown_.AddTable(StrategyTable(results_));
    AddMachine();
    AddCommands();
    return std::move(markdown_).Take();
  }

 private:
  void AddFigures(std::string_view start_of_name) {
    for (const Figure& figure : figures_) {
      if (!figure.name.starts_with(start_of_name)) continue;
      markdown_.AddFigure(figure.name, figure.title, CaptionOf(figure));
    }
  }

  // Says so where there is nothing to show; true if there are rows.
  bool HasRows(const std::optional<ResultFile>& file, const char* name) {
    if (!file) markdown_.AddParagraph(fmt::format("Not measured: {} is missing.", name));
    if (file && file->rows.empty()) markdown_.AddParagraph(fmt::format("{} has no rows.", name));
    return file && !file->rows.empty();
  }

  void AddContrasts(std::string_view slug, int level = 3) {
    const Finding& finding = FindingOf(findings_, slug);
    if (finding.families.empty()) return;
    markdown_.AddHeading(level, finding.study->title);
    markdown_.AddTable(ContrastTable(finding));
  }

  void AddAnswer() {
    markdown_.AddHeading(1, "What biases cost: memory, speed and convergence");
    markdown_.AddParagraph(kQuestion);
    if (const std::string warning = BuildWarning(results_); !warning.empty()) {
      markdown_.AddParagraph(warning);
    }
    markdown_.AddHeading(2, "The answer, as measured");
    markdown_.AddParagraph(Verdict(results_, findings_));
    markdown_.AddList(Answer(results_, findings_));
    AddFigures("answer");
    markdown_.AddParagraph(kConventions);
    markdown_.AddParagraph(Provenance(results_));
    if (!results_.missing.empty()) {
      markdown_.AddParagraph(fmt::format("Missing from this folder, and so from this report: {}.",
                                         fmt::join(results_.missing, ", ")));
    }
  }

  void AddFootprint() {
    markdown_.AddHeading(2, "Memory");
    AddFigures("schedules");
    if (!HasRows(results_.footprint, "footprint.json")) return;
    AddFigures("footprint_by_category");
    AddFigures("bias_share");
    const std::pair<const char*, Table> tables[] = {
        {"What saves memory", LeversTable(results_)},
        {"What biases take, to the byte", BiasPriceTable(*results_.footprint)},
        {"By moment", PhaseTable(*results_.footprint)},
        {"By strategy", FootprintTable(*results_.footprint)}};
    for (const auto& [title, table] : tables) AddTitled(title, table);
  }

  void AddTitled(const char* title, const Table& table) {
    if (table.rows.empty()) return;
    markdown_.AddHeading(3, title);
    markdown_.AddTable(table);
  }

  void AddThroughput() {
    markdown_.AddHeading(2, "Speed");
    if (HasRows(results_.throughput, "throughput.json")) {
      AddFigures("throughput");
      if (const std::string limits = TellLimits(*results_.throughput); !limits.empty()) {
        markdown_.AddParagraph(limits);
      }
      if (const std::string online = TellOnlineSpeed(*results_.throughput); !online.empty()) {
        markdown_.AddParagraph(online);
      }
      AddFigures("scaling");
      AddTitled("What a node costs", NodeTable(*results_.throughput));
      for (const auto& [key, noun] :
           {std::pair("hidden", "hidden nodes"), std::pair("omp_threads", "threads"),
            std::pair("batch", "batch"), std::pair("inputs", "inputs")}) {
        markdown_.AddTable(SpeedTable(*results_.throughput, key, noun));
      }
      AddTitled("Weights in bfloat16: speed", FormatTable(*results_.throughput));
      AddTitled("All measured speeds", ThroughputTable(*results_.throughput));
    }
    if (!results_.peers || results_.peers->rows.empty()) return;
    markdown_.AddHeading(2, "Beside other libraries");
    AddFigures("peers");
    markdown_.AddTable(PeersTable(*results_.peers));
  }

  void AddTraining() {
    markdown_.AddHeading(2, "Training");
    if (!HasRows(results_.convergence, "convergence.json")) return;
    if (!results_.curves) markdown_.AddParagraph("No losses by epoch: curves.csv is missing.");
    AddFigures("convergence");
    for (const char* slug : {"loss", "other-strategies", "accuracy", "darker", "brighter",
                             "overfitting", "equal-time", "equal-memory", "bfloat16-weights"}) {
      AddContrasts(slug);
    }
    AddSection("A step for each sample", "online_rule", {"online-epochs", "online-time"});
    AddTitled("Trainings at their best rates", OnlineTable(results_));
    AddSection("By width", "width", {});
    AddSection("Weight decay and centred inputs", "weight_decay",
               {"weight-decay", "centred-inputs", "imitation"});
    std::vector<std::string> tasks;
    for (const ResultRow& row : results_.convergence->rows) {
      if (std::ranges::count(tasks, Task(row)) > 0) continue;
      tasks.push_back(Task(row));
      markdown_.AddHeading(3, fmt::format("All trainings on {}", Code(Task(row))));
      markdown_.AddTable(ConvergenceTable(*results_.convergence, Task(row)));
    }
  }

  // Figures and contrasts under one heading, where there are any.
  void AddSection(const char* title, std::string_view figures,
                  const std::vector<const char*>& slugs) {
    const bool has_figures = std::ranges::any_of(
        figures_, [&](const Figure& figure) { return figure.name.starts_with(figures); });
    const bool has_contrasts = std::ranges::any_of(
        slugs, [&](const char* slug) { return !FindingOf(findings_, slug).families.empty(); });
    if (!has_figures && !has_contrasts) return;
    markdown_.AddHeading(2, title);
    AddFigures(figures);
    for (const char* slug : slugs) AddContrasts(slug);
  }

  void AddUpdates() {
    AddSection("How biases are updated: signs and mistakes", "bias_signs", {"wrong-signs", "rise"});
    AddSection("Mistakes in backpropagation", "faults", {});
  }

  void AddStability() {
    if (!results_.stability) return;
    markdown_.AddHeading(2, "Stability");
    AddContrasts("stable-rate");
    AddContrasts("best-rate");
    AddTitled("All searches", StabilityTable(*results_.stability));
  }

  void AddMachine() {
    markdown_.AddHeading(2, "Machine and build");
    if (results_.machine) {
      markdown_.AddTable(MachineTable(*results_.machine));
    } else {
      markdown_.AddParagraph("The machine is not described: machine.json is missing.");
    }
    markdown_.AddTable(BuildTable(results_));
  }

  void AddCommands() {
    markdown_.AddHeading(2, "How to repeat each row");
    for (const auto* file :
         {&results_.footprint, &results_.throughput, &results_.convergence, &results_.stability}) {
      if (!*file) continue;
      std::vector<std::string> commands;
      for (const ResultRow& row : (*file)->rows) {
        std::string command = row.Text("command");
        if (command.empty() || std::ranges::count(commands, command) > 0) continue;
        commands.push_back(std::move(command));
      }
      markdown_.AddFolded(
          fmt::format("{}: {}", (*file)->program, Counted(std::ssize(commands), "command")),
          commands);
    }
  }

  const Results& results_;
  const std::vector<Finding>& findings_;
  const std::vector<Figure>& figures_;
  Markdown markdown_;
};

}  // namespace

std::string MakeReport(const Results& results, const std::vector<Finding>& findings,
                       const std::vector<Figure>& figures) {
  return Builder(results, findings, figures).Build();
}

}  // namespace biasbench::report
