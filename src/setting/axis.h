// The axes of a setting: one table of all that rows can differ in. Flags and their help, the keys
// of a row, its name, and the command that repeats it come from it (CONTRIBUTING.md).
#pragma once

#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "setting/setting.h"

namespace biasbench::setting {

// A setting's value on an axis: a name, a number, or a switch.
using Value = nlohmann::json;

// The programs that something applies to: those that measure steps of any shape, those that train
// on tasks, those of the latter that follow the epochs.
enum class Scope { kNone, kMeasuring, kTraining, kFollowing, kAll };

// The form of an axis in a row's name.
enum class InName {
  kNever,
  kBare,           // /learned
  kAlways,         // /hidden:1000
  kUnlessDefault,  // /activation:tanh; a switch: /center
};

struct Program;  // below

struct Axis {
  std::string_view key;        // of a row
  std::string_view flag = {};  // "--hidden"; a second spelling stands behind a comma; empty: none
  std::string_view replaces = {};  // the flag that said this once, and is refused now
  std::string_view label = {};     // in a row's name, before the value; a switch's whole part
  InName in_name = InName::kUnlessDefault;
  Scope name_scope = Scope::kAll;  // programs whose rows' names have it
  Scope flag_scope = Scope::kAll;  // programs that have the flag
  Scope key_scope = Scope::kAll;   // programs whose rows have the key
  bool is_optional = false;        // a row without a value lacks the key
  std::string_view refines = {};   // the axis of which only some values have this one
  // The kind of the flag's value. LIST: several, with a row for each; empty: a switch.
  std::string_view kind = "LIST";
  std::string_view help = {};
  // The order of the nested loops that combine lists: the lowest is outermost and varies slowest.
  int nesting = 4;
  // All names, for which `all` stands; null: numbers and switches.
  std::vector<std::string> (*names)() = nullptr;
  // Parses one part of the typed list. Throws std::invalid_argument. Null: one of `names`.
  Value (*parse)(std::string_view part) = nullptr;
  // The default, as text to parse; empty: `otherwise`. Names omit it, as they omit 0 and a switch
  // that is off.
  std::string_view by_default = {};
  // The default as a function, and its description in --help. It may depend on axes of outer loops.
  Value (*otherwise)(const Setting& setting, const Program& program) = nullptr;
  std::string_view otherwise_told = {};
  // Returns null if a setting has no value on the axis: its row then lacks the key.
  Value (*get)(const Setting& setting) = nullptr;
  void (*set)(Setting& setting, const Value& value) = nullptr;
};

// The text that stands for a switch that is given.
inline constexpr std::string_view kSwitchedOn = "on";

// A program's default on an axis, as text to parse.
struct Default {
  std::string_view key;
  std::string_view text;
};

// A program's command line: name, help, and the axes and defaults that it has.
struct Program {
  std::string_view name = {};
  std::string_view summary = {};
  std::string_view examples = {};          // command lines, one a line
  std::span<const Default> defaults = {};  // in place of the table's
  std::span<const std::string_view> keys =
      {};                        // of the axes that it has flags for; empty: by scope
  bool trains_on_tasks = false;  // a task decides inputs and outputs; there is training to set up
  bool follows_epochs = false;   // has --curves and --target_loss
  // True if combinations that do not exist, such as textbook in bfloat16, are skipped rather than
  // errors.
  bool skips_nonexistent = false;

  bool IsIn(Scope scope) const;
  bool HasFlag(const Axis& axis) const;
  // The default on the axis, as text to parse; empty: the axis's `otherwise`.
  std::string_view DefaultOf(const Axis& axis) const;
};

// True if a setting's row is in the scope. A setting does not know of kFollowing, which counts as
// kTraining.
bool IsIn(const Setting& setting, Scope scope);

// All axes, in the order in which they stand in a row's name.
std::span<const Axis> Axes();

// The axis of a key, which must exist.
const Axis& AxisOf(std::string_view key);

// The error message for a flag that axes have replaced: "--old: now --new=a|b and --other=a|b";
// empty for any other flag.
std::string RefusalOfReplaced(std::string_view flag);

// The values typed for an axis: one, or several with a LIST, or all. Throws std::invalid_argument
// naming what is wrong and what is accepted, but not the flag.
std::vector<Value> ParseValues(const Axis& axis, std::string_view text);

// True if names omit the value: it is the default, 0, a switch that is off, or null.
bool IsUsual(const Axis& axis, const Value& value);

// The part of a row's name for the value: "hidden:1000", "learned", "center", or empty.
std::string NamePart(const Axis& axis, const Value& value);

// The value as text in names, commands and tables: "learned", "0.1", "1000000".
std::string TextOf(const Value& value);

// ParseValues() for the value of a flag; errors begin with the flag.
std::vector<Value> ParseListFlag(std::string_view key, std::string_view flag,
                                 const std::string& text);

// The flag, or the first of its spellings.
std::string_view FlagOf(const Axis& axis);

}  // namespace biasbench::setting
