#include "report/facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "report/answer.h"
#include "report/builds.h"
#include "report/limits.h"
#include "report/online_rule.h"
#include "report/sentences.h"
#include "report/tables.h"

namespace biasbench::report {
namespace {

using record::AxisPair;
using record::Contrast;

// Values on axes; on all others that a name tells only where they are unusual, the usual one.
using Place = std::vector<std::pair<std::string_view, std::string_view>>;

bool IsAt(const ResultRow& row, const Place& place) {
  const auto is_named = [&](std::string_view axis) {
    return std::ranges::count(place, axis, &Place::value_type::first) > 0;
  };
  for (const std::string_view axis : kOrdinaryAxes) {
    if (!is_named(axis) && !row.where.IsUsual(axis)) return false;
  }
  return std::ranges::all_of(place,
                             [&](const auto& at) { return row.where.Text(at.first) == at.second; });
}

// A number of trainings.
struct Number {
  std::string_view name;
  Place place;
  std::string_view key;
  std::string (*format)(double);
};

const std::vector<Number>& Numbers() {
  const Place digits = {
      {"task", "digits"}, {"strategy", "fixed=1"}, {"hidden", "1000000"}, {"epochs", "3"}};
  const auto moved = [](std::string_view hidden, std::string_view parametrization) {
    return Place{{"task", "harmonic3"},
                 {"strategy", "learned"},
                 {"hidden", hidden},
                 {"parametrization", parametrization}};
  };
  static const std::vector<Number> numbers = {
      {"imitation-before", digits, "initial_imitation_ratio", Percent},
      {"imitation-after", digits, "imitation_ratio", Percent},
      {"movement-wide", moved("1000000", "mean_field"), "hidden_bias_movement", ThreeDigits},
      {"movement-narrow", moved("100", "mean_field"), "hidden_bias_movement", ThreeDigits},
      {"movement-standard", moved("1000000", "standard"), "hidden_bias_movement", ThreeDigits},
  };
  return numbers;
}

// A contrast told in words.
struct Told {
  std::string_view name;
  std::string_view slug;  // of the study
  AxisPair pair;
  Place place;  // of the value's rows
};

const std::vector<Told>& ToldContrasts() {
  static const std::vector<Told> told = {
      {"bias-unit",
       "other-strategies",
       {"strategy", "bias_unit", "learned"},
       {{"task", "harmonic3"}, {"hidden", "1000"}}},
      {"frozen-standard",
       "loss",
       {"strategy", "frozen_random", "learned_from_random"},
       {{"hidden", "1000000"}, {"parametrization", "standard"}}},
      {"equal-memory",
       "equal-memory",
       {"hidden", "1333", "1000"},
       {{"task", "harmonic3"}, {"strategy", "fixed=1"}}},
      {"stable-rate",
       "stable-rate",
       {"strategy", "fixed=1", "learned_from_one"},
       {{"hidden", "1000"}}},
      {"best-rate", "best-rate", {"strategy", "fixed=1", "learned_from_one"}, {{"hidden", "1000"}}},
  };
  return told;
}

std::string TellNumber(const Results& results, const Number& number) {
  if (!results.convergence) return "";
  const RowGroup rows = RowsOf(results.convergence->rows,
                               [&](const ResultRow& row) { return IsAt(row, number.place); });
  return Describe(Summarize(ValuesOf(rows, number.key)), "diverged", number.format);
}

std::string TellContrast(const std::vector<Finding>& findings, const Told& told) {
  for (const Family& family : FindingOf(findings, told.slug).families) {
    for (const Contrast& contrast : family) {
      if (contrast.value == told.pair.value && contrast.baseline == told.pair.baseline &&
          IsAt(*contrast.rows.front(), told.place)) {
        return Tell(contrast);
      }
    }
  }
  return "";
}

std::vector<ListItem> Costs(const Results& results, const std::vector<Finding>& findings) {
  std::vector<ListItem> items;
  const Sides sides = SidesOf(results, findings);
  for (const Texts& tasks : {sides.higher, sides.not_higher, sides.untold}) {
    for (std::string& side : TellSides(findings, tasks)) items.push_back({"", std::move(side)});
  }
  return items;
}

class Book {
 public:
  void AddPhrase(std::string_view name, std::string_view text) {
    Markdown markdown;
    markdown.AddParagraph(text.empty() ? "not measured" : text);
    std::string phrase = std::move(markdown).Take();
    while (phrase.ends_with('\n')) phrase.pop_back();
    facts_.emplace(name, std::move(phrase));
  }
  void AddBlock(std::string_view name, Markdown markdown) {
    std::string block = std::move(markdown).Take();
    facts_.emplace(name, block.empty() ? "Not measured.\n" : std::move(block));
  }
  void AddTable(std::string_view name, const Table& table) {
    Markdown markdown;
    markdown.AddTable(table);
    AddBlock(name, std::move(markdown));
  }
  void AddList(std::string_view name, const std::vector<ListItem>& items) {
    Markdown markdown;
    markdown.AddList(items);
    AddBlock(name, std::move(markdown));
  }
  Facts Take() && { return std::move(facts_); }

 private:
  Facts facts_;
};

}  // namespace

Facts MakeFacts(const Results& results, const std::vector<Finding>& findings) {
  Book book;
  for (const Number& number : Numbers()) book.AddPhrase(number.name, TellNumber(results, number));
  for (const Told& told : ToldContrasts()) {
    book.AddPhrase(told.name, TellContrast(findings, told));
  }
  book.AddPhrase("verdict", Verdict(results, findings));
  book.AddPhrase("savings", WhatFixingSaves(results, findings));
  book.AddPhrase("groups", ShareByGroups(results, findings));
  book.AddPhrase("most-saved", MostSaved(results));
  book.AddPhrase("updates", HowToUpdate(results, findings));
  book.AddPhrase("provenance", Origin(results));
  book.AddPhrase("limits", results.throughput ? TellLimits(*results.throughput) : "");
  book.AddPhrase("online-speed", results.throughput ? TellOnlineSpeed(*results.throughput) : "");
  book.AddList("answers", ShortAnswers(results, findings));
  book.AddList("costs", Costs(results, findings));
  book.AddTable("rules", ContrastTable(OtherRules(results, findings)));
  book.AddTable("tasks", QuotedTasks(results, findings));
  book.AddTable("peaks", QuotedPeaks(results));
  book.AddTable("peers", QuotedPeers(results));
  book.AddTable("models", QuotedModels());
  return std::move(book).Take();
}

}  // namespace biasbench::report
