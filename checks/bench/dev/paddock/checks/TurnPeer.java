package dev.paddock.checks;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** {@code openai-agents} in a process of its own, which runs a round when it is told to. */
final class TurnPeer implements AutoCloseable {
  private static final String SCRIPT =
      """
      import asyncio, http.client, json, sys, urllib.parse
      from agents import Agent, OpenAIChatCompletionsModel, Runner, function_tool, set_tracing_disabled
      from openai import AsyncOpenAI
      url, turns = sys.argv[1], int(sys.argv[2])
      set_tracing_disabled(True)
      client = AsyncOpenAI(base_url=url, api_key="none")
      address = urllib.parse.urlsplit(url)
      connection = http.client.HTTPConnection(address.netloc)

      @function_tool
      def noop(command: str) -> str:
          return "hello"

      agent = Agent(name="bench", instructions="Do it.", tools=[noop],
                    model=OpenAIChatCompletionsModel(model="scripted", openai_client=client))

      async def theirs():
          run = Runner.run_streamed(agent, "calls: %d" % turns, max_turns=turns + 2)
          async for _ in run.stream_events():
              pass
          assert run.final_output == "done", run.final_output

      async def bare():
          messages = [{"role": "user", "content": "calls: %d" % turns}]
          for _ in range(turns + 1):
              connection.request("POST", address.path + "/chat/completions", json.dumps(
                  {"model": "scripted", "stream": True, "messages": messages}))
              connection.getresponse().read()
              messages += [{"role": "assistant", "content": "x" * 400},
                           {"role": "tool", "tool_call_id": "a", "content": "hello"}]

      async def main():
          print("ready", flush=True)
          for line in sys.stdin:
              await {"theirs": theirs, "bare": bare}[line.strip()]()
              print("done", flush=True)

      asyncio.run(main())
      """;

  private final Optional<Process> process;

  private TurnPeer(Optional<Process> process) {
    this.process = process;
  }

  static TurnPeer start(Optional<String> python, String url, int turns) throws IOException {
    if (python.isEmpty()) {
      return new TurnPeer(Optional.empty());
    }
    Process process =
        new ProcessBuilder(python.get(), "-c", SCRIPT, url, String.valueOf(turns))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    TurnPeer peer = new TurnPeer(Optional.of(process));
    if (!peer.says("ready")) {
      throw new IOException(python.get() + " could not run openai-agents");
    }
    return peer;
  }

  private boolean says(String word) throws IOException {
    BufferedReader out = process.orElseThrow().inputReader(StandardCharsets.UTF_8);
    return word.equals(out.readLine());
  }

  /** Returns whether it ended as it should; without a peer there is nothing that could fail. */
  boolean round(String what) throws IOException {
    if (process.isEmpty()) {
      return true;
    }
    BufferedWriter in = process.get().outputWriter(StandardCharsets.UTF_8);
    in.write(what + "\n");
    in.flush();
    return says("done");
  }

  @Override
  public void close() {
    process.ifPresent(Process::destroyForcibly);
  }
}
