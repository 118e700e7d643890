package dev.paddock.sandbox;

import dev.paddock.core.ErrorCode;
import dev.paddock.core.spi.ToolInvocation;
import dev.paddock.core.spi.ToolResult;
import dev.paddock.sandbox.spi.RunningProcess;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Types into a process that {@code exec_command} started, or asks what it wrote. */
final class WriteStdinTool extends WorkspaceTool {
  private static final int USUAL_MILLIS = 250;

  /** Who only asks is made to wait, instead of asking at once again. */
  private static final int SHORTEST_POLL_MILLIS = 5_000;

  private static final String CONTROL_C = "\u0003";

  private final LazySandbox sandbox;

  WriteStdinTool(LazySandbox sandbox) {
    super(
        "write_stdin",
        false,
        """
        Types characters into a process that exec_command started with tty, and returns what it wrote \
        since the last call. Without chars it only returns that. The character U+0003 (Ctrl-C) \
        interrupts it; a process without a terminal is ended by it.
        """,
        """
        {"type": "object",
         "properties": {
           "session_id": {"type": "integer", "description": "The session ID that exec_command gave"},
           "chars": {"type": "string", "description": "What to type; a line ends with \\\\n"},
           "yield_time_ms": {"type": "integer", "minimum": 0,
                             "description": "How long to wait for output, 250 to 30000; 250 if left out, and at least 5000 without chars"},
           "max_output_tokens": {"type": "integer", "minimum": 1,
                                 "description": "More output than this loses its middle; 10000 if left out"}},
         "required": ["session_id"],
         "additionalProperties": false}
        """);
    this.sandbox = sandbox;
  }

  @Override
  ToolResult run(ToolInput input, ToolInvocation invocation) throws InterruptedException {
    long id =
        input
            .number("session_id", Long.MIN_VALUE, Long.MAX_VALUE)
            .orElseThrow(() -> ToolInput.invalid("\"session_id\" is missing"));
    String chars = input.optionalText("chars").orElse("");
    int shortest = chars.isEmpty() ? SHORTEST_POLL_MILLIS : ProcessReply.SHORTEST_MILLIS;
    Duration wait = ProcessReply.yieldTime(input, invocation, USUAL_MILLIS, shortest);
    RunningProcess process = process(id);
    if (!chars.isEmpty()) {
      type(process, chars);
    }
    return ProcessReply.read(process, wait, input, invocation);
  }

  private RunningProcess process(long id) {
    return sandbox
        .running()
        .filter(_ -> id == (int) id)
        .flatMap(running -> running.process((int) id))
        .orElseThrow(
            () ->
                new SandboxException(
                    ErrorCode.NOT_FOUND,
                    ("no process has the session ID %d: its exit code was told, or the sandbox was"
                            + " started anew, with which every process ends; start it again with"
                            + " exec_command")
                        .formatted(id)));
  }

  private static void type(RunningProcess process, String chars) {
    if (process.hasTerminal()) {
      try {
        process.write(chars.getBytes(StandardCharsets.UTF_8));
      } catch (SandboxException e) {
        if (e.code() != ErrorCode.CONFLICT) { // else it has ended, which the answer tells
          throw e;
        }
      }
    } else if (chars.equals(CONTROL_C)) {
      process.kill();
    } else {
      throw ToolInput.invalid(
          ("process %d has no terminal to type into; start it with \"tty\": true. Only U+0003 (Ctrl-C),"
                  + " which ends it, is taken without one")
              .formatted(process.id()));
    }
  }
}
