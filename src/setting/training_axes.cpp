#include <string_view>
#include <vector>

#include "setting/axis_members.h"
#include "setting/axis_rows.h"
#include "setting/values.h"

namespace biasbench::setting {
namespace {

Names BiasSignNames() {
  return {"right", "wrong", "wrong_hidden", "wrong_output"};  // as in bias::BiasSign
}

Value ParseAboveZero(std::string_view part) { return ParsePositive(part); }

}  // namespace

std::vector<Axis> TrainingAxes() {
  return {
      {.key = "epochs",
       .flag = "--epochs",
       .label = "epochs",
       .in_name = InName::kAlways,
       .name_scope = Scope::kTraining,
       .flag_scope = Scope::kTraining,
       .key_scope = Scope::kTraining,
       .kind = "N",
       .help = "passes over the training data",
       .parse = ParseCountIn<kSamples>,
       .otherwise = [](const Setting& s, const Program&) -> Value { return DefaultsOf(s).epochs; },
       .otherwise_told = "by task",
       .get = [](const Setting& s) -> Value { return s.training.value().epochs; },
       .set = [](Setting& s, const Value& v) { s.training.value().epochs = v; }},
      {.key = "learning_rate",
       .flag = "--learning_rate",
       .label = "rate",
       .in_name = InName::kAlways,
       .name_scope = Scope::kTraining,
       .flag_scope = Scope::kTraining,
       .key_scope = Scope::kTraining,
       .kind = "NUMBER",
       .help = "learning rate, above 0",
       .parse = ParseAboveZero,
       .otherwise = [](const Setting& s, const Program&) -> Value {
         return DefaultsOf(s).learning_rate;
       },
       .otherwise_told = "by task",
       .get = [](const Setting& s) -> Value { return s.training.value().learning_rate; },
       .set = [](Setting& s, const Value& v) { s.training.value().learning_rate = v; }},
      {.key = "target_loss",
       .flag = "--target_loss",
       .in_name = InName::kNever,
       .name_scope = Scope::kNone,
       .flag_scope = Scope::kFollowing,
       .key_scope = Scope::kTraining,
       .kind = "NUMBER",
       .help = "count the epochs until an epoch's training loss is at most this",
       .parse = ParseAboveZero,
       .otherwise = Zero,
       .get = [](const Setting& s) -> Value { return s.training.value().target_loss; },
       .set = [](Setting& s, const Value& v) { s.training.value().target_loss = v; }},
      {.key = "bias_sign",
       .flag = "--bias_sign",
       .label = "bias_sign",
       .name_scope = Scope::kTraining,
       .flag_scope = Scope::kTraining,
       .key_scope = Scope::kTraining,
       .kind = "SIGN",
       .help = "right, wrong, wrong_hidden or wrong_output",
       .names = BiasSignNames,
       .by_default = "right",
       .get =
           [](const Setting& s) { return NameOf(BiasSignNames(), s.training.value().bias_sign); },
       .set =
           [](Setting& s, const Value& v) {
             SetEnumerator(BiasSignNames(), v, s.training.value().bias_sign);
           }},
      {.key = "weight_decay",
       .flag = "--weight_decay",
       .label = "weight_decay",
       .name_scope = Scope::kTraining,
       .flag_scope = Scope::kTraining,
       .key_scope = Scope::kTraining,
       .kind = "NUMBER",
       .help = "decoupled weight decay: a step shrinks weights by learning rate times it; a\nbias "
               "unit's biases are weights",
       .parse = ParseAboveZero,
       .otherwise = Zero,
       .otherwise_told = "none",
       .get = [](const Setting& s) -> Value { return s.training.value().weight_decay; },
       .set = [](Setting& s, const Value& v) { s.training.value().weight_decay = v; }},
      {.key = "decay_bias",
       .flag = "--decay_bias",
       .label = "decay_bias",
       .name_scope = Scope::kTraining,
       .flag_scope = Scope::kTraining,
       .key_scope = Scope::kTraining,
       .kind = "",
       .help = "decay trained biases too",
       .otherwise = Off,
       .get = [](const Setting& s) -> Value { return s.training.value().decays_biases; },
       .set = [](Setting& s, const Value& v) { s.training.value().decays_biases = v; }},
  };
}

Axis SeedAxis() {
  return {.key = "seed",
          .flag = "--seed,--seeds",
          .label = "seed",
          .in_name = InName::kAlways,
          .name_scope = Scope::kTraining,
          .help = "seeds of initial values, shuffles and noise",
          .nesting = 12,
          .parse = ParseCountIn<kSeeds>,
          .by_default = "1",
          .get = [](const Setting& s) -> Value { return s.network.seed; },
          .set = [](Setting& s, const Value& v) { s.network.seed = v; }};
}

}  // namespace biasbench::setting
