// Columns of tables: how a group of rows fills each cell.
#pragma once

#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "record/result_rows.h"
#include "report/markdown.h"
#include "report/numbers.h"
#include "report/rows.h"

namespace biasbench::report {

// A column of a table and how its cells come from a group of rows.
struct Field {
  std::string title;
  bool is_number;
  std::function<std::string(const RowGroup&)> cell;
  bool is_setting = false;
};

Table MakeTable(std::string caption, const std::vector<Field>& fields,
                const std::vector<RowGroup>& groups);

std::vector<Field> JoinFields(std::vector<std::vector<Field>> parts);

// A number of the first row that has it, whatever its status: what was predicted for a row that
// was skipped is worth showing.
Field NumberField(std::string title, std::string key, std::string (*format)(double));
// Median and interval of rows that ran to an end.
Field SummaryField(std::string title, std::string key,
                   double of_diverged = std::numeric_limits<double>::infinity(),
                   std::string_view worst = "diverged");
// Median and interval of repetitions.
Field MedianField(std::string title, std::string key, std::string (*format)(double) = ThreeDigits);
Field CodeField(std::string title, std::string (*text)(const ResultRow&));
Field SettingField(Field field);
// The number of timed repetitions.
Field CountField();
Field StatusField();

// The strategy, and its sign where that is wrong.
std::string LabelOf(const ResultRow& row);
std::vector<Field> ShapeFields();
// Strategy, schedule, optimizer and shape.
std::vector<Field> SettingFields();

// The largest shape first.
std::vector<RowGroup> SortedGroups(const record::ResultFile& file, const RowFilter& filter);

// Samples a second, by repetition.
std::vector<double> Speeds(const RowGroup& group);

}  // namespace biasbench::report
