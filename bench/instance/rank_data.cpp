#include "bench/instance/rank_data.h"

#include <nlohmann/json.hpp>

#include "bench/instance/rank_messages.h"

namespace biasbench::bench {
namespace {

using nlohmann::json;

json Describe(const data::Dataset& dataset) {
  return {{"samples", dataset.samples},        {"inputs", dataset.inputs},
          {"outputs", dataset.outputs},        {"byte_scale", dataset.byte_scale},
          {"brightness", dataset.brightness},  {"values", dataset.values.size()},
          {"bytes", dataset.bytes.size()},     {"offsets", dataset.offsets.size()},
          {"targets", dataset.targets.size()}, {"labels", dataset.labels.size()}};
}

template <class T>
void ShareBuffer(memory::TrackedBuffer<T>& buffer, std::int64_t size, memory::Ledger& ledger,
                 ranks::Exchange& exchange) {
  if (size == 0) return;
  if (exchange.rank() != 0) buffer = {ledger, memory::Category::kDataset, size};
  exchange.Broadcast(std::as_writable_bytes(buffer.span()));
}

void ShareDataset(data::Dataset& dataset, memory::Ledger& ledger, ranks::Exchange& exchange) {
  const json facts = ShareJson(Describe(dataset), exchange);
  dataset.samples = facts.at("samples");
  dataset.inputs = facts.at("inputs");
  dataset.outputs = facts.at("outputs");
  dataset.byte_scale = facts.at("byte_scale");
  dataset.brightness = facts.at("brightness");
  ShareBuffer(dataset.values, facts.at("values"), ledger, exchange);
  ShareBuffer(dataset.bytes, facts.at("bytes"), ledger, exchange);
  ShareBuffer(dataset.offsets, facts.at("offsets"), ledger, exchange);
  ShareBuffer(dataset.targets, facts.at("targets"), ledger, exchange);
  ShareBuffer(dataset.labels, facts.at("labels"), ledger, exchange);
}

}  // namespace

void ShareTask(data::Task& task, memory::Ledger& ledger, ranks::Exchange& exchange) {
  const json names = ShareJson({{"name", task.name}, {"source", task.source}}, exchange);
  task.name = names.at("name");
  task.source = names.at("source");
  ShareDataset(task.train, ledger, exchange);
  ShareDataset(task.test, ledger, exchange);
}

}  // namespace biasbench::bench
