#include "bench/program/row_labels.h"

#include <algorithm>

#include "setting/axis.h"
#include "setting/description.h"

namespace biasbench::bench {
namespace {

using setting::Axis;
using setting::Setting;
using setting::Value;

std::string PartOf(const Axis& axis, const Setting& row) {
  return IsIn(row, axis.name_scope) ? NamePart(axis, axis.get(row)) : "";
}

// A value in a column of its own, where defaults are told, too.
std::string CellOf(const Axis& axis, const Setting& row) {
  const Value value = IsIn(row, axis.name_scope) ? axis.get(row) : Value();
  if (value.is_null()) return "–";
  if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
  return setting::TextOf(value);
}

}  // namespace

RowLabels LabelsOf(std::string_view program, std::span<const Setting> rows) {
  RowLabels labels{.shared = {std::string(program)}, .titles = {}, .rows = {}};
  std::vector<RowLabel> of_rows(rows.size());
  for (const Axis& axis : setting::Axes()) {
    std::vector<std::string> parts;
    for (const Setting& row : rows) parts.push_back(PartOf(axis, row));
    const bool is_shared = std::ranges::adjacent_find(parts, std::not_equal_to()) == parts.end();
    if (is_shared) {
      if (!parts.empty() && !parts.front().empty()) labels.shared.push_back(parts.front());
      continue;
    }
    labels.titles.emplace_back(axis.label.empty() ? axis.key : axis.label);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      of_rows[i].values.push_back(CellOf(axis, rows[i]));
      if (!parts[i].empty()) of_rows[i].parts.push_back(parts[i]);
    }
  }
  for (std::size_t i = 0; i < rows.size(); ++i) {
    labels.rows[CanonicalName(program, rows[i])] = std::move(of_rows[i]);
  }
  return labels;
}

}  // namespace biasbench::bench
