#include "report/sections.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstddef>
#include <map>
#include <optional>
#include <set>

#include "report/answer.h"
#include "report/builds.h"
#include "report/facts.h"
#include "report/limits.h"
#include "report/numbers.h"
#include "report/online_rule.h"
#include "report/sentences.h"
#include "report/tables.h"

namespace biasbench::report {
namespace {

using record::ResultFile;

constexpr std::string_view kConventions =
    "Numbers are medians [95 % interval]: of seeds or repetitions by resampling (with fewer than "
    "six of them the interval is narrower than it should be), of differences seed by seed by "
    "Wilcoxon's signed-rank test, which has none below six seeds. Such an interval is of one "
    "contrast alone, so it may exclude zero where the family as a whole tells nothing. Findings "
    "are one of four words: lower, higher, no difference seen, too few seeds; at 0.05 after Holm's "
    "adjustment over all contrasts of one setting. The six contrasts of each task are one "
    "family, all other strategies another.";

void WriteAnswer(Markdown& markdown, const Material& material) {
  markdown.AddParagraph(Verdict(material.results, material.findings));
  markdown.AddList(ShortAnswers(material.results, material.findings));
  markdown.AddParagraph(
      "Medians, of ReLU networks in the mean-field parametrization, as everywhere below unless "
      "something else is said.");
}

void WriteSavings(Markdown& markdown, const Material& material) {
  markdown.AddList(Answer(material.results, material.findings));
}

// "9 of 86 rows did not run to an end (7 diverged, 1 killed, 1 skipped)"; "" where all are ok.
std::string TellUnfinished(const Results& results) {
  std::size_t rows = 0;
  std::size_t unfinished = 0;
  std::map<std::string, std::size_t> counts;  // by status
  for (const auto* file : {&results.footprint, &results.throughput, &results.convergence,
                           &results.stability, &results.peers}) {
    if (!*file) continue;
    rows += (*file)->rows.size();
    for (const ResultRow& row : (*file)->rows) {
      if (row.IsOk()) continue;
      ++unfinished;
      ++counts[row.status];
    }
  }
  if (unfinished == 0) return "";
  std::vector<std::string> parts;
  for (const auto& [status, count] : counts) {
    parts.push_back(fmt::format("{} {}", Integer(static_cast<double>(count)),
                                status == "error" ? "with an error" : status));
  }
  return fmt::format("{} of {} rows did not run to an end ({})",
                     Integer(static_cast<double>(unfinished)), Integer(static_cast<double>(rows)),
                     fmt::join(parts, ", "));
}

void WriteOrigin(Markdown& markdown, const Material& material) {
  const Results& results = material.results;
  markdown.AddParagraph(kConventions);
  markdown.AddParagraph(Provenance(results));
  if (!results.missing.empty()) {
    markdown.AddParagraph(fmt::format("Missing from this folder, and so from this report: {}.",
                                      fmt::join(results.missing, ", ")));
  }
  if (const std::string unfinished = TellUnfinished(results); !unfinished.empty()) {
    markdown.AddLinks(unfinished + "; reasons", {{"the appendix", "rows.md"}});
  }
  std::vector<Link> pages = {{"all rows and their commands (the appendix)", "rows.md"}};
  if (results.theory) {
    pages.push_back({"what theory says", fmt::format("{}../theory.md", material.folder)});
  }
  markdown.AddLinks("More", pages);
  std::vector<Link> data;
  for (const std::string& name : results.files) {
    data.push_back({name, fmt::format("{}{}", material.folder, name)});
  }
  markdown.AddLinks("Data", data);
}

void WriteBothSides(Markdown& markdown, const Material& material) {
  markdown.AddList(BothSides(material.results, material.findings));
}

void WriteSpeed(Markdown& markdown, const Material& material) {
  const auto& throughput = material.results.throughput;
  const std::string limits = throughput ? TellLimits(*throughput) : "";
  if (!limits.empty()) markdown.AddParagraph(limits);
}

void WriteOnline(Markdown& markdown, const Material& material) {
  const auto& [results, findings, figures, folder] = material;
  for (const std::string& text :
       {StepForEachSample(results, findings),
        results.throughput ? TellOnlineSpeed(*results.throughput) : std::string()}) {
    if (!text.empty()) markdown.AddParagraph(text);
  }
}

using TitledTables = std::vector<TitledTable>;
using TableMaker = std::function<TitledTables(const Material&)>;
using File = std::optional<ResultFile> Results::*;

TableMaker Titled(std::string_view title, Table (*make)(const Results&)) {
  return [=](const Material& material) {
    return TitledTables{{std::string(title), make(material.results)}};
  };
}

// Of one file, where it is there.
TableMaker Titled(std::string_view title, File file, Table (*make)(const ResultFile&)) {
  return [=](const Material& material) {
    const std::optional<ResultFile>& rows = material.results.*file;
    return TitledTables{{std::string(title), rows ? make(*rows) : Table()}};
  };
}

TableMaker SpeedBy(std::string_view key, std::string_view noun) {
  return [=](const Material& material) {
    const std::optional<ResultFile>& rows = material.results.throughput;
    return TitledTables{
        {fmt::format("Speed by {}", noun), rows ? SpeedTable(*rows, key, noun) : Table()}};
  };
}

// The contrasts of a study.
TableMaker Contrasts(std::string_view slug) {
  return [=](const Material& material) {
    const Finding& finding = FindingOf(material.findings, slug);
    return TitledTables{{std::string(finding.study->title), ContrastTable(finding)}};
  };
}

// The six contrasts of a study.
TableMaker Headlines(std::string_view slug, std::string_view title) {
  return [=](const Material& material) {
    const Finding& finding = FindingOf(material.findings, slug);
    return TitledTables{
        {std::string(title), HeadlineTable(finding, MeasuredTasks(material.results))}};
  };
}

TitledTables OtherRulesTable(const Material& material) {
  return {{"Other rules against the plain step",
           ContrastTable(OtherRules(material.results, material.findings))}};
}

TitledTables Trainings(const Material& material) {
  TitledTables tables;
  for (const std::string& task : MeasuredTasks(material.results)) {
    tables.push_back({fmt::format("All trainings on {}", Code(task)),
                      ConvergenceTable(*material.results.convergence, task)});
  }
  return tables;
}

Table Machine(const Results& results) {
  return results.machine ? MachineTable(*results.machine) : Table();
}

// The commands that repeat each row.
Table CommandTable(const ResultFile& file) {
  Table table{"", {{"command"}}, {}};
  std::set<std::string> seen;
  for (const ResultRow& row : file.rows) {
    const std::string command = row.Text("command");
    if (!command.empty() && seen.insert(command).second) table.rows.push_back({Code(command)});
  }
  return table;
}

}  // namespace

const std::vector<Section>& Sections() {
  constexpr Page kReport = Page::kReport;
  constexpr Page kRows = Page::kRows;
  constexpr File kFootprint = &Results::footprint;
  constexpr File kThroughput = &Results::throughput;
  constexpr File kConvergence = &Results::convergence;
  constexpr File kStability = &Results::stability;
  constexpr File kPeers = &Results::peers;
  static const std::vector<Section> sections = {
      {.title = "The answer, as measured", .write = WriteAnswer, .figures = {{kReport, "answer"}}},
      {.title = "Both sides",
       .write = WriteBothSides,
       .figures = {{kRows, "brightness"}},
       .tables = {{kRows, Contrasts("darker")}, {kRows, Contrasts("brighter")}}},
      {.title = "Savings and alternatives", .write = WriteSavings},
      {.title = "Memory",
       .files = {"footprint.json"},
       .figures = {{kReport, "footprint_by_category"}, {kRows, "schedules"}, {kRows, "bias_share"}},
       .tables = {{kRows, Titled("What saves memory", LeversTable)},
                  {kRows, Titled("What biases take, to the byte", kFootprint, BiasPriceTable)},
                  {kRows, Titled("By moment", kFootprint, PhaseTable)},
                  {kRows, Titled("By strategy", kFootprint, FootprintTable)}}},
      {.title = "Speed",
       .files = {"throughput.json"},
       .write = WriteSpeed,
       .figures = {{kRows, "throughput_by_strategy"}, {kReport, "throughput"}, {kRows, "scaling"}},
       .tables = {{kRows, Titled("What a node costs", kThroughput, NodeTable)},
                  {kRows, SpeedBy("hidden", "hidden nodes")},
                  {kRows, SpeedBy("omp_threads", "threads")},
                  {kRows, SpeedBy("batch", "batch")},
                  {kRows, SpeedBy("inputs", "inputs")},
                  {kRows, Titled("Weights in bfloat16: speed", kThroughput, FormatTable)},
                  {kRows, Titled("All measured speeds", kThroughput, ThroughputTable)}}},
      {.title = "Beside other libraries",
       .figures = {{kRows, "peers"}},
       .tables = {{kReport, Titled("Samples a second with each library", QuotedPeers)},
                  {kRows, Titled("All peers", kPeers, PeersTable)}}},
      {.title = "Training",
       .files = {"convergence.json", "curves.csv"},
       .figures = {{kRows, "convergence"}},
       .tables = {{kReport, Headlines("loss", "The six contrasts on each task")},
                  {kRows, Contrasts("loss")},
                  {kRows, Contrasts("other-strategies")},
                  {kRows, Contrasts("accuracy")},
                  {kRows, Contrasts("overfitting")},
                  {kRows, Contrasts("equal-time")},
                  {kRows, Contrasts("equal-memory")},
                  {kRows, Contrasts("bfloat16-weights")},
                  {kRows, Trainings}}},
      {.title = "A step for each sample",
       .write = WriteOnline,
       .figures = {{kReport, "online_rule"}},
       .tables = {{kRows, Titled("Trainings at their best rates", OnlineTable)},
                  {kRows, Contrasts("online-epochs")},
                  {kRows, Contrasts("online-time")}}},
      {.title = "By width", .figures = {{kReport, "width"}}},
      {.title = "Weight decay and centred inputs",
       .figures = {{kRows, "weight_decay"}},
       .tables = {{kRows, Contrasts("weight-decay")},
                  {kReport, Contrasts("centred-inputs")},
                  {kRows, Contrasts("imitation")}}},
      {.title = "How biases are updated: signs and mistakes",
       .figures = {{kRows, "bias_signs"}},
       .tables = {{kReport, OtherRulesTable},
                  {kRows, Contrasts("wrong-signs")},
                  {kRows, Contrasts("rise")}}},
      {.title = "Mistakes in backpropagation", .figures = {{kRows, "faults"}}},
      {.title = "Stability",
       .tables = {{kReport, Headlines("best-rate", "The six contrasts at the best rates")},
                  {kRows, Contrasts("stable-rate")},
                  {kRows, Contrasts("best-rate")},
                  {kRows, Titled("All searches", kStability, StabilityTable)}}},
      {.title = "The numbers and their origin", .write = WriteOrigin},
      {.title = "Strategies", .tables = {{kRows, Titled("All strategies", StrategyTable)}}},
      {.title = "Machine and build",
       .files = {"machine.json"},
       .tables = {{kRows, Titled("Machine", Machine)}, {kRows, Titled("Build", BuildTable)}}},
      {.title = "Commands",
       .tables = {{kRows, Titled("Commands of footprint", kFootprint, CommandTable)},
                  {kRows, Titled("Commands of throughput", kThroughput, CommandTable)},
                  {kRows, Titled("Commands of convergence", kConvergence, CommandTable)},
                  {kRows, Titled("Commands of stability", kStability, CommandTable)},
                  {kRows, Titled("Commands of peers", kPeers, CommandTable)}}},
  };
  return sections;
}

}  // namespace biasbench::report
