// Uses the C++ header as a host would.

#include "poundlock.hpp"

#include <thread>
#include <type_traits>

#include "documents.h"
#include "test.h"

using poundlock::Engine;
using poundlock::Error;
using poundlock::Ledger;
using poundlock::Plan;
using poundlock::PolicyPack;

template <typename T> constexpr bool moves_only() {
  return std::is_nothrow_move_constructible_v<T> && std::is_nothrow_move_assignable_v<T>
         && !std::is_copy_constructible_v<T> && !std::is_copy_assignable_v<T>;
}

static_assert(moves_only<Plan>() && moves_only<PolicyPack>() && moves_only<Ledger>()
              && moves_only<Engine>());

static bool contains(const std::string &text, const char *part) {
  return text.find(part) != std::string::npos;
}

template <typename Call> static std::string code_of(Call call) {
  try {
    call();
  } catch (const Error &error) {
    return error.code();
  }
  return "none";
}

static void errors() {
  try {
    poundlock::call("canonical", "[1,\n 2");
    check(false, "half a document is an error");
  } catch (const std::exception &caught) {
    const Error &error = dynamic_cast<const Error &>(caught);
    check(error.code() == "input.syntax", "an error has a code");
    check(error.status() == POUNDLOCK_INPUT_SYNTAX, "and its number");
    check(!error.message().empty(), "and a message");
    check(std::string(error.what()) == error.message() + " [input.syntax]", "and both as one");
    check(contains(error.json(), "\"line\":2"), "and the library's own text");
    check(error.line() == 2 && error.column() > 0, "and the place");
    check(error.pointer().empty(), "and nothing where there is nothing");
  }
  try {
    poundlock::call("divine");
    check(false, "an unknown operation is an error");
  } catch (const Error &error) {
    check(contains(error.help(), "version"), "an error has help where there is some");
  }
  const Error quoted(100, R"({"code":"a.b","message":"a \"b\" \\ \n \u0001 ü","line":3,"help":"x"})");
  check(quoted.message() == "a \"b\" \\ \n \x01 ü", "what is escaped is read");
  check(quoted.help() == "x", "and what comes after a number");
  const Error placed(100, R"({"code":"a.b","message":"m","pointer":"/a~1b/0","line":12,"column":7})");
  check(placed.line() == 12 && placed.column() == 7, "numbers are read, and the last of all");
  check(placed.pointer() == "/a~1b/0", "and a pointer");
  check(code_of([] { PolicyPack pack("{\"pack\":\"pack: [\"}"); }) == "input.syntax",
        "a constructor throws");
}

static void handles() {
  PolicyPack pack(PACK);
  Plan plan = Plan::read(FORMAT, BUCKET("logs"));
  Plan other = Plan::read(FORMAT, BUCKET("acme-logs"));
  check(contains(pack.check(plan), "\"policy.failed\""), "a pack checks a plan");
  check(contains(pack.call("describe"), "\"storage\""), "and says what it is");

  Plan joined = Plan::join("[\"a\",\"b\"]", {&plan, &other});
  check(contains(joined.call("describe"), "\"counts\""), "plans are joined");
  check(code_of([&] { Plan::join("[\"a\",\"b\"]", {&plan, nullptr}); }) == "input.invalid_value",
        "and none can be left out");

  Ledger ledger = Ledger::in_memory();
  Engine engine(CHARTER);
  engine.call("begin", BEGIN, &ledger);
  check(contains(engine.decide(REQUEST), "\"verdict\":\"deny\""), "an engine decides alone");
  engine.record(ledger, FACT);
  check(contains(engine.decide(REQUEST, &ledger), "\"verdict\":\"allow\""), "and by a ledger");
  check(contains(engine.admit(ledger, REQUEST), "\"verdict\":\"allow\""), "and admits");
  check(contains(ledger.call("head"), "\"size\":3"), "which is written down");
  check(contains(Engine::of_ledger(ledger).call("describe"), "\"small\""),
        "a ledger knows its law");

  Ledger moved = std::move(ledger);
  check(contains(moved.call("head"), "\"size\":3"), "a handle can be moved");
  check(code_of([&] { ledger.call("head"); }) == "handle.closed", "and is closed where it was");
  check(code_of([&] { engine.decide(REQUEST, &ledger); }) == "handle.closed",
        "which is not as if it were left out");
  ledger = std::move(moved);
  check(contains(ledger.call("head"), "\"size\":3"), "it can be moved back");

  const Engine &shared = engine;
  std::thread thread([&] { shared.decide(REQUEST, &ledger); });
  check(contains(shared.decide(REQUEST, &ledger), "\"allow\""), "threads share a handle");
  thread.join();
}

int main() {
  check(poundlock::version() == POUNDLOCK_VERSION, "the library is of the header's version");
  check(contains(poundlock::call("version"), "\"engine\":"), "an operation needs no handle");
  errors();
  handles();
  return report();
}
