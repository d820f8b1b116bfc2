#include "setting/own_data_flags.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <stdexcept>
#include <utility>

#include "data/csv_layout.h"
#include "setting/values.h"
#include "text/excerpt.h"

namespace biasbench::setting {
namespace {

constexpr std::string_view kClassification = "classification";
constexpr std::string_view kRegression = "regression";
constexpr std::string_view kStandardize = "standardize";
constexpr std::string_view kNone = "none";
constexpr std::array<std::string_view, 3> kHeaders = {"auto", "yes", "no"};  // as in CsvHeader

// True if `text` is `yes`, false if it is `no`; `otherwise` if it is empty.
bool IsYes(std::string_view flag, const std::string& text, std::string_view yes,
           std::string_view no, bool otherwise) {
  if (text.empty()) return otherwise;
  if (text == yes || text == no) return text == yes;
  throw std::invalid_argument(
      fmt::format("{}: unknown '{}': expected one of {}, {}", flag, text::Excerpt(text), yes, no));
}

void Refuse(std::string_view flag, const std::string& text, std::string_view why) {
  if (!text.empty()) throw std::invalid_argument(fmt::format("{}: {}", flag, why));
}

data::CsvHeader ParseHeader(const std::string& text) {
  const auto* const found = std::ranges::find(kHeaders, text);
  if (found == kHeaders.end()) {
    throw std::invalid_argument(fmt::format("--header: unknown '{}': expected one of {}",
                                            text::Excerpt(text), fmt::join(kHeaders, ", ")));
  }
  return static_cast<data::CsvHeader>(found - kHeaders.begin());
}

// A name, as semicolon, or the character itself; nothing for auto.
std::optional<char> ParseSeparator(const std::string& text) {
  if (text == "auto") return std::nullopt;
  for (const data::CsvSeparator& separator : data::CsvSeparators()) {
    if (text == separator.name || text == std::string(1, separator.letter)) return separator.letter;
  }
  if (text == "\\t") return '\t';
  if (text == "|" || text == ":") return text[0];
  throw std::invalid_argument(fmt::format(
      "--separator: unknown '{}': expected one of auto, comma, semicolon, tab, blank or , ; | :",
      text::Excerpt(text)));
}

char ParseDecimal(const std::string& text) {
  if (text == "." || text == ",") return text[0];
  throw std::invalid_argument(
      fmt::format("--decimal: unknown '{}': expected one of . ,", text::Excerpt(text)));
}

char ParseComment(const std::string& text) {
  constexpr std::string_view kTaken = "+-.,;:|'\"";
  const bool is_mark = text.size() == 1 && std::ispunct(static_cast<unsigned char>(text[0])) != 0;
  if (is_mark && kTaken.find(text[0]) == std::string_view::npos) return text[0];
  throw std::invalid_argument(fmt::format(
      "--comment: unknown '{}': expected one punctuation mark that no field holds, as #",
      text::Excerpt(text)));
}

double ParseShare(const std::string& text) {
  const double share = ParsePositive(text);
  if (share < 1) return share;
  throw std::invalid_argument(
      fmt::format("'{}' is not a share above 0 and below 1", text::Excerpt(text)));
}

data::CsvOptions CsvOptionsOf(const OwnDataFlags& flags) {
  data::CsvOptions options;
  if (!flags.header.empty()) options.header = ParseHeader(flags.header);
  if (!flags.separator.empty()) options.separator = ParseSeparator(flags.separator);
  if (!flags.decimal.empty()) options.decimal = ParseDecimal(flags.decimal);
  if (!flags.comment.empty()) options.comment = ParseComment(flags.comment);
  if (options.decimal == ',' && options.separator == ',') {
    throw std::invalid_argument("--decimal: , is for tables that are not separated by commas");
  }
  if (options.separator && options.comment == *options.separator) {
    throw std::invalid_argument("--comment: not the character that separates fields");
  }
  return options;
}

// The paths of the files, arrays' labels apart.
data::OwnFiles PathsOf(const OwnDataFlags& flags) {
  const auto paths = [](const std::string& path, const std::string& labels) {
    return labels.empty() ? data::SplitPair(path) : data::PathPair{path, labels};
  };
  const data::PathPair train = paths(flags.train, flags.train_labels);
  const data::PathPair test = paths(flags.test, flags.test_labels);
  data::OwnFiles files{.train = train.first, .test = test.first, .target = flags.target};
  files.train_labels = train.second;
  files.test_labels = test.second;
  if (!flags.test_share.empty()) {
    files.test_share = ParseFlag("--test_share", flags.test_share, ParseShare);
  }
  return files;
}

// Throws for an array without labels, and for labels beside a table, which has its own.
void CheckLabels(const std::string& path, const std::string& labels, bool is_array,
                 std::string_view flag) {
  if (is_array && labels.empty()) {
    throw data::Error(
        fmt::format("{}: an array of samples (IDX or NumPy), expected its labels, "
                    "too: {}_labels=FILE",
                    path, flag));
  }
  if (!is_array && !labels.empty()) {
    throw data::Error(
        fmt::format("{}: text, expected an array (IDX or NumPy) beside the labels {}; "
                    "a CSV file holds its target",
                    path, text::PathExcerpt(labels)));
  }
}

void RefuseCsvFlags(const OwnDataFlags& flags, std::string_view why) {
  for (const auto& [flag, text] :
       {std::pair("--target", flags.target), std::pair("--header", flags.header),
        std::pair("--separator", flags.separator), std::pair("--decimal", flags.decimal),
        std::pair("--comment", flags.comment)}) {
    Refuse(flag, text, why);
  }
}

data::OwnFiles FilesOf(const OwnDataFlags& flags) {
  data::OwnFiles files = PathsOf(flags);
  files.csv = CsvOptionsOf(flags);
  const data::OwnFileKind kind = data::KindOfOwnFile(files.train);
  CheckLabels(files.train, files.train_labels, kind.is_array, "--train");
  if (!files.test.empty()) {
    const bool is_array = data::KindOfOwnFile(files.test).is_array;
    if (is_array != kind.is_array) {
      throw data::Error(fmt::format("{}: {}, unlike {}", files.test, is_array ? "an array" : "text",
                                    files.train));
    }
    CheckLabels(files.test, files.test_labels, is_array, "--test");
  }
  files.are_bytes = kind.holds_bytes;
  files.is_classification =
      IsYes("--kind", flags.kind, kClassification, kRegression, kind.is_array);
  files.is_standardized = IsYes("--scale", flags.scale, kStandardize, kNone, !kind.holds_bytes);
  if (!kind.is_array) return files;
  RefuseCsvFlags(flags, "arrays (IDX, NumPy) have no columns; leave it out");
  if (kind.holds_bytes) {
    Refuse("--scale", flags.scale, "bytes are worth 1/255 each; leave it out");
  }
  if (!files.is_classification) {
    throw std::invalid_argument("--kind: arrays come with labels, expected classification");
  }
  return files;
}

}  // namespace

std::string OwnDataExamples(std::string_view program) {
  constexpr std::string_view kArguments[] = {
      "--train=train.csv --test=test.csv --target=price",
      "--train=iris.csv --test_share=0.2 --kind=classification",
      "--train=sheet.csv --test_share=0.2 --separator=semicolon --decimal=,",
      "--train=images-idx3-ubyte.gz --train_labels=labels-idx1-ubyte.gz --test_share=0.2",
      "--train=x.npy --train_labels=y.npy --test=xt.npy --test_labels=yt.npy"};
  std::string examples;
  for (const std::string_view arguments : kArguments) {
    examples += fmt::format("  {} {}\n", program, arguments);
  }
  return examples;
}

std::optional<data::OwnData> ExamineOwnData(const OwnDataFlags& flags,
                                            const data::OnRead& on_read) {
  if (flags.train.empty() && flags.test.empty()) {
    RefuseCsvFlags(flags, "needs --train, your own data");
    for (const auto& [flag, text] :
         {std::pair("--kind", flags.kind), std::pair("--scale", flags.scale),
          std::pair("--train_labels", flags.train_labels),
          std::pair("--test_labels", flags.test_labels),
          std::pair("--test_share", flags.test_share)}) {
      Refuse(flag, text, "needs --train, your own data");
    }
    return std::nullopt;
  }
  if (flags.train.empty()) throw std::invalid_argument("--test: needs --train, data to train on");
  if (flags.test.empty() == flags.test_share.empty()) {
    throw std::invalid_argument(
        flags.test.empty() ? "--train: needs --test, data to test with, or --test_share, as 0.2 of "
                             "the training data"
                           : "--test_share: not together with --test, which brings its own data");
  }
  if (flags.test.empty()) Refuse("--test_labels", flags.test_labels, "needs --test");
  return data::ExamineOwnData(FilesOf(flags), on_read);
}

std::vector<std::string> NotesOn(const data::OwnData& data) {
  std::vector<std::string> notes;
  if (!data.decisions.empty()) {
    notes.push_back(fmt::format("{}: {}", data.files.train, data.decisions));
  }
  if (!data.classes.empty()) {
    notes.push_back(fmt::format(
        "{}: {} classes, in this order: {}",
        data.files.train_labels.empty() ? data.files.train : data.files.train_labels,
        data.classes.size(), text::Excerpt(fmt::format("{}", fmt::join(data.classes, ", ")))));
  }
  return notes;
}

std::vector<std::string> RepeatFlags(const data::OwnFiles& files) {
  std::vector<std::string> flags = {fmt::format("--train={}", files.train)};
  const auto add_if = [&](bool is_told, std::string flag) {
    if (is_told) flags.push_back(std::move(flag));
  };
  const bool are_arrays = !files.train_labels.empty();
  add_if(are_arrays, fmt::format("--train_labels={}", files.train_labels));
  add_if(!files.test.empty(), fmt::format("--test={}", files.test));
  add_if(!files.test_labels.empty(), fmt::format("--test_labels={}", files.test_labels));
  add_if(files.test_share != 0, fmt::format("--test_share={}", files.test_share));
  flags.push_back(
      fmt::format("--kind={}", files.is_classification ? kClassification : kRegression));
  add_if(!files.target.empty(), fmt::format("--target={}", files.target));
  add_if(!files.are_bytes, fmt::format("--scale={}", files.is_standardized ? kStandardize : kNone));
  const data::CsvOptions& csv = files.csv;
  add_if(csv.header != data::CsvHeader::kAuto,
         fmt::format("--header={}", kHeaders[static_cast<std::size_t>(csv.header)]));
  if (csv.separator) {
    flags.push_back(fmt::format("--separator={}", data::SeparatorName(*csv.separator)));
  }
  add_if(csv.decimal != '.', fmt::format("--decimal={}", csv.decimal));
  add_if(csv.comment != '\0', fmt::format("--comment={}", csv.comment));
  return flags;
}
nlohmann::json ToJson(const data::OwnData& data) {
  const data::OwnFiles& files = data.files;
  return {{"train_file", files.train},
          {"test_file", files.test},
          {"train_labels_file", files.train_labels},
          {"test_labels_file", files.test_labels},
          {"test_share", files.test_share},
          {"target", files.target},
          {"header", kHeaders[static_cast<std::size_t>(files.csv.header)]},
          {"separator", files.csv.separator ? data::SeparatorName(*files.csv.separator) : "auto"},
          {"decimal", std::string(1, files.csv.decimal)},
          {"comment", files.csv.comment == '\0' ? "" : std::string(1, files.csv.comment)},
          {"decisions", data.decisions},
          {"classes", data.classes},
          {"is_classification", files.is_classification},
          {"is_standardized", files.is_standardized},
          {"are_bytes", files.are_bytes},
          {"inputs", data.inputs},
          {"outputs", data.outputs},
          {"train_samples", data.train_samples},
          {"test_samples", data.test_samples},
          {"digest", data.digest}};
}

data::OwnData OwnDataFromJson(const nlohmann::json& json) {
  data::OwnFiles files{.train = json.at("train_file"),
                       .test = json.at("test_file"),
                       .target = json.at("target"),
                       .is_classification = json.at("is_classification"),
                       .is_standardized = json.at("is_standardized"),
                       .are_bytes = json.at("are_bytes"),
                       .train_labels = json.at("train_labels_file"),
                       .test_labels = json.at("test_labels_file"),
                       .test_share = json.at("test_share")};
  files.csv = CsvOptionsOf({.train = {},
                            .test = {},
                            .target = {},
                            .kind = {},
                            .scale = {},
                            .header = json.at("header"),
                            .separator = json.at("separator"),
                            .decimal = json.at("decimal"),
                            .comment = json.at("comment")});
  return {.files = std::move(files),
          .inputs = json.at("inputs"),
          .outputs = json.at("outputs"),
          .train_samples = json.at("train_samples"),
          .test_samples = json.at("test_samples"),
          .digest = json.at("digest"),
          .classes = json.at("classes"),
          .decisions = json.at("decisions")};
}

}  // namespace biasbench::setting
