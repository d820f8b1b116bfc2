// Ranks that are threads of a test: Run(ranks, body) calls body(exchange) in each, and throws what
// one of them threw. `delay` is added to every message, as a slow network would.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstring>
#include <deque>
#include <exception>
#include <map>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

#include "ranks/exchange.h"

namespace biasbench::ranks {

class Mailboxes {
 public:
  void Put(int from, int to, std::span<const std::byte> message) {
    const std::lock_guard lock(mutex_);
    boxes_[{from, to}].emplace_back(message.begin(), message.end());
    arrived_.notify_all();
  }
  std::vector<std::byte> Take(int from, int to) {
    std::unique_lock lock(mutex_);
    auto& box = boxes_[{from, to}];
    arrived_.wait(lock, [&] { return !box.empty(); });
    std::vector<std::byte> message = std::move(box.front());
    box.pop_front();
    return message;
  }

 private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::map<std::pair<int, int>, std::deque<std::vector<std::byte>>> boxes_;
};

class ThreadExchange final : public Exchange {
 public:
  ThreadExchange(int rank, int ranks, Mailboxes& mailboxes, std::chrono::microseconds delay)
      : Exchange(rank, ranks), mailboxes_(mailboxes), delay_(delay) {}

 private:
  void DoSend(int to, std::span<const std::byte> message) override {
    std::this_thread::sleep_for(delay_);
    mailboxes_.Put(rank(), to, message);
  }
  void DoReceive(int from, std::span<std::byte> message) override {
    const std::vector<std::byte> taken = mailboxes_.Take(from, rank());
    if (taken.size() != message.size()) throw std::logic_error("a message of another size");
    if (!taken.empty()) std::memcpy(message.data(), taken.data(), taken.size());
  }

  Mailboxes& mailboxes_;
  std::chrono::microseconds delay_;
};

template <class Body>
void RunRanks(int ranks, const Body& body, std::chrono::microseconds delay = {}) {
  Mailboxes mailboxes;
  std::vector<std::exception_ptr> errors(static_cast<std::size_t>(ranks));
  std::vector<std::thread> threads;
  for (int rank = 0; rank < ranks; ++rank) {
    threads.emplace_back([&, rank] {
      try {
        ThreadExchange exchange(rank, ranks, mailboxes, delay);
        body(exchange);
      } catch (...) {
        errors[static_cast<std::size_t>(rank)] = std::current_exception();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::exception_ptr& error : errors) {
    if (error) std::rethrow_exception(error);
  }
}

}  // namespace biasbench::ranks
