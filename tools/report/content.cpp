#include "report/content.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "report/answer.h"
#include "report/builds.h"
#include "report/markdown.h"

namespace biasbench::report {
namespace {

constexpr std::string_view kTitle = "What biases cost: memory, speed and convergence";

// A figure or a table of a section.
struct Block {
  Page page;
  std::string title;
  std::string anchor;
  const Figure* figure;  // null: a table
  Table table;
};

bool IsOfKind(std::string_view name, std::string_view kind) {
  return name == kind || name.starts_with(fmt::format("{}_", kind));
}

// Those that have something to show.
std::vector<Block> BlocksOf(const Section& section, const Material& material) {
  std::vector<Block> blocks;
  std::set<const Figure*> placed;
  for (const auto& [page, kind] : section.figures) {
    for (const Figure& figure : material.figures) {
      if (!IsOfKind(figure.name, kind) || !placed.insert(&figure).second) continue;
      blocks.push_back({page, figure.title, FigureAnchor(figure.name), &figure, {}});
    }
  }
  for (const auto& [page, make] : section.tables) {
    for (auto& [title, table] : make(material)) {
      if (table.rows.empty()) continue;
      blocks.push_back({page, title, SlugOf(title), nullptr, std::move(table)});
    }
  }
  return blocks;
}

void Add(const Block& block, Markdown& markdown) {
  if (block.figure != nullptr) {
    markdown.AddFigure(block.figure->name, block.title, CaptionOf(*block.figure));
    return;
  }
  markdown.AddHeading(3, block.title);
  markdown.AddTable(block.table);
}

// The reason why there is nothing to show of a file; "" if there is something.
std::string LackOf(std::string_view file, const Results& results) {
  if (std::ranges::count(results.missing, file) > 0) {
    return fmt::format("Not shown: {} is missing.", file);
  }
  for (const auto* rows : {&results.footprint, &results.throughput, &results.convergence}) {
    if (*rows && (*rows)->rows.empty() && (*rows)->program + ".json" == file) {
      return fmt::format("{} has no rows.", file);
    }
  }
  return "";
}

class Builder {
 public:
  explicit Builder(const Material& material) : material_(material) {}

  Pages Build() && {
    report_.AddHeading(1, kTitle);
    report_.AddParagraph(kQuestion);
    const std::string warning = BuildWarning(material_.results);
    if (!warning.empty()) report_.AddParagraph(warning);
    rows_.AddHeading(1, "All rows and their commands");
    rows_.AddParagraph(
        "The figures and tables that the report leaves out, and at the end the "
        "command that repeats each row.");
    rows_.AddLinks("The answer, and how numbers are to be read",
                   {{std::string(kTitle), "report.md"}});
    for (const Section& section : Sections()) AddSection(section);
    if (!left_out_.empty()) report_.AddHeading(2, "In the appendix alone");
    for (const auto& [title, links] : left_out_) report_.AddLinks(title, links, SlugOf(title));
    return {std::move(report_).Take(), std::move(rows_).Take()};
  }

 private:
  void AddSection(const Section& section) {
    const std::vector<Block> blocks = BlocksOf(section, material_);
    std::vector<std::string> lacks;
    for (const std::string_view file : section.files) {
      std::string lack = LackOf(file, material_.results);
      if (!lack.empty()) lacks.push_back(std::move(lack));
    }
    const std::vector<Link> links = AddToAppendix(section, blocks);
    const bool is_left_out = lacks.empty() && section.write == nullptr &&
                             std::ranges::count(blocks, Page::kReport, &Block::page) == 0;
    if (is_left_out) {
      if (!links.empty()) left_out_.emplace_back(section.title, links);
      return;
    }
    report_.AddHeading(2, section.title);
    for (const std::string& lack : lacks) report_.AddParagraph(lack);
    if (section.write != nullptr) section.write(report_, material_);
    for (const Block& block : blocks) {
      if (block.page == Page::kReport) Add(block, report_);
    }
    report_.AddLinks("In the appendix", links);
  }

  // The rest of a section, and the links to it.
  std::vector<Link> AddToAppendix(const Section& section, const std::vector<Block>& blocks) {
    std::vector<Link> links;
    for (const Block& block : blocks) {
      if (block.page != Page::kRows) continue;
      if (links.empty()) rows_.AddHeading(2, fmt::format("{} (appendix)", section.title));
      Add(block, rows_);
      links.push_back({block.title, fmt::format("rows.md#{}", block.anchor)});
    }
    return links;
  }

  const Material& material_;
  Markdown report_;
  Markdown rows_;
  // Sections of which the report has nothing else: their titles and links.
  std::vector<std::pair<std::string_view, std::vector<Link>>> left_out_;
};

}  // namespace

Pages MakePages(const Material& material) { return Builder(material).Build(); }

}  // namespace biasbench::report
