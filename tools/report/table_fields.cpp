#include "report/table_fields.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "record/contrast.h"

namespace biasbench::report {

Table MakeTable(std::string caption, const std::vector<Field>& fields,
                const std::vector<RowGroup>& groups) {
  Table table{{}, {}, std::vector<std::vector<std::string>>(groups.size())};
  std::vector<std::string> common;
  for (const auto& [title, is_number, cell, is_setting] : fields) {
    std::vector<std::string> cells;
    for (const RowGroup& group : groups) cells.push_back(cell(group));
    if (std::ranges::all_of(cells, &std::string::empty)) continue;
    if (is_setting && std::ranges::all_of(cells, std::bind_front(std::equal_to{}, cells[0]))) {
      common.push_back(fmt::format("{} {}", title, cells[0]));
      continue;
    }
    table.columns.push_back({title, is_number});
    for (std::size_t i = 0; i < groups.size(); ++i) table.rows[i].push_back(cells[i]);
  }
  table.caption = std::move(caption);
  if (!common.empty()) table.caption += fmt::format(" In all rows: {}.", fmt::join(common, ", "));
  return table;
}

std::vector<Field> JoinFields(std::vector<std::vector<Field>> parts) {
  std::vector<Field> fields;
  for (auto& part : parts) std::ranges::move(part, std::back_inserter(fields));
  return fields;
}

Field NumberField(std::string title, std::string key, std::string (*format)(double)) {
  return {std::move(title), true, [key = std::move(key), format](const RowGroup& group) {
            for (const ResultRow* row : group) {
              if (const auto value = row->Number(key)) return format(*value);
            }
            return std::string();
          }};
}

Field SummaryField(std::string title, std::string key, double of_diverged, std::string_view worst) {
  return {std::move(title), true,
          [quantity = record::QuantityOf(std::move(key), of_diverged),
           worst](const RowGroup& group) { return Describe(Summarize(group, quantity), worst); }};
}

Field MedianField(std::string title, std::string key, std::string (*format)(double)) {
  return {std::move(title), true, [key = std::move(key), format](const RowGroup& group) {
            return Describe(Summarize(ValuesOf(group, key)), "", format);
          }};
}

Field CodeField(std::string title, std::string (*text)(const ResultRow&)) {
  return {std::move(title), false, [text](const RowGroup& group) {
            const std::string value = text(*group.front());
            return value.empty() ? "" : Code(value);
          }};
}

Field SettingField(Field field) {
  field.is_setting = true;
  return field;
}

Field CountField() {
  return {"n", true, [](const RowGroup& group) { return fmt::format("{}", Speeds(group).size()); }};
}

Field StatusField() { return {"status", false, DescribeStatus}; }

std::string LabelOf(const ResultRow& row) {
  if (HasRightSign(row)) return Strategy(row);
  return fmt::format("{} ({})", Strategy(row), row.where.Text("bias_sign"));
}

std::vector<Field> ShapeFields() {
  std::vector<Field> fields;
  for (const char* key : {"inputs", "hidden", "outputs", "batch"}) {
    fields.push_back(SettingField(NumberField(key, key, Integer)));
  }
  fields.push_back(SettingField(NumberField("threads", "omp_threads", Integer)));
  return fields;
}

std::vector<Field> SettingFields() {
  return JoinFields(
      {{CodeField("strategy", LabelOf),
        SettingField(CodeField("schedule", Schedule)),
        SettingField(
            {"optimizer", false,
             [](const RowGroup& group) { return Plain(OptimizerAndFormats(*group.front())); }}),
        {"block", true, [](const RowGroup& group) { return group.front()->where.Text("block"); }}},
       ShapeFields()});
}

std::vector<RowGroup> SortedGroups(const record::ResultFile& file, const RowFilter& filter) {
  std::vector<RowGroup> groups = GroupRows(RowsOf(file.rows, filter));
  std::ranges::stable_sort(groups, [](const RowGroup& a, const RowGroup& b) {
    return HasSmallerShape(*b.front(), *a.front());
  });
  return groups;
}

std::vector<double> Speeds(const RowGroup& group) { return ValuesOf(group, "items_per_second"); }

}  // namespace biasbench::report
