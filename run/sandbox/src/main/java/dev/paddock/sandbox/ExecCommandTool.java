package dev.paddock.sandbox;

import dev.paddock.core.spi.ToolInvocation;
import dev.paddock.core.spi.ToolResult;
import dev.paddock.sandbox.spi.ProcessRequest;
import dev.paddock.sandbox.spi.RunningProcess;
import dev.paddock.sandbox.spi.TerminalSize;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;

/** Starts a command, which may go on after the call. */
final class ExecCommandTool extends WorkspaceTool {
  private static final int USUAL_MILLIS = 10_000;

  /** The kernel takes 128 KiB in one argument. */
  private static final int MAX_COMMAND_BYTES = 100_000;

  /** Programs that would page or paint in a terminal do neither. */
  private static final Map<String, String> PLAIN =
      Map.of("PAGER", "cat", "GIT_PAGER", "cat", "NO_COLOR", "1");

  private final LazySandbox sandbox;

  ExecCommandTool(LazySandbox sandbox) {
    super(
        "exec_command",
        false,
        """
        Runs a command in a shell of its own and returns its output once it has ended, or after \
        yield_time_ms what it wrote by then and a session ID: it goes on in the background, and \
        write_stdin asks for more, types into it (with tty) or ends it. Programs started so and bash \
        reach each other at 127.0.0.1.
        """,
        """
        {"type": "object",
         "properties": {
           "cmd": {"type": "string", "minLength": 1, "description": "The command to run"},
           "workdir": {"type": "string", "description": "Where it runs; /workspace if left out"},
           "shell": {"type": "string", "minLength": 1, "description": "The shell; bash if left out"},
           "login": {"type": "boolean", "description": "Whether it is a login shell; true if left out"},
           "tty": {"type": "boolean", "description": "Whether it gets a terminal and so can be typed into; false if left out"},
           "yield_time_ms": {"type": "integer", "minimum": 0,
                             "description": "How long to wait for its end, 250 to 30000; 10000 if left out"},
           "max_output_tokens": {"type": "integer", "minimum": 1,
                                 "description": "More output than this loses its middle; 10000 if left out"}},
         "required": ["cmd"],
         "additionalProperties": false}
        """);
    this.sandbox = sandbox;
  }

  @Override
  ToolResult run(ToolInput input, ToolInvocation invocation) throws InterruptedException {
    Duration wait =
        ProcessReply.yieldTime(input, invocation, USUAL_MILLIS, ProcessReply.SHORTEST_MILLIS);
    RunningProcess process = sandbox.get().start(request(input));
    try {
      return ProcessReply.read(process, wait, input, invocation);
    } catch (InterruptedException e) {
      process.kill();
      throw e;
    }
  }

  private static ProcessRequest request(ToolInput input) {
    String command = input.text("cmd");
    String shell = input.optionalText("shell").orElse("bash");
    if (command.isBlank() || shell.isBlank()) {
      throw ToolInput.invalid("\"cmd\" is empty");
    }
    if (command.indexOf('\0') >= 0 || shell.indexOf('\0') >= 0) {
      throw ToolInput.invalid("the command has a zero character, which no shell can take");
    }
    if (command.getBytes(StandardCharsets.UTF_8).length > MAX_COMMAND_BYTES
        || shell.length() > PathText.MAX_BYTES) {
      throw ToolInput.invalid(
          "the command is longer than %,d bytes; write it to a file and run that"
              .formatted(MAX_COMMAND_BYTES));
    }
    boolean login = input.optionalFlag("login").orElse(true);
    boolean terminal = input.flag("tty");
    String directory = input.optionalText("workdir").filter(path -> !path.isBlank()).orElse(".");
    ProcessRequest request =
        ProcessRequest.of(shell, login ? "-lc" : "-c", command)
            .withDirectory(WorkspacePath.absolute(directory));
    return terminal ? request.withTerminal(TerminalSize.USUAL).withEnvironment(PLAIN) : request;
  }
}
