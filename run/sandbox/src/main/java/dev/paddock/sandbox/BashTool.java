package dev.paddock.sandbox;

import dev.paddock.core.spi.ToolInvocation;
import dev.paddock.core.spi.ToolResult;
import dev.paddock.sandbox.spi.ShellRequest;
import dev.paddock.sandbox.spi.ShellResult;
import java.time.Duration;
import java.util.regex.Pattern;

/** A command in the session's persistent shell. */
final class BashTool extends WorkspaceTool {
  static final int MAX_OUTPUT = 100 << 10;

  private static final Pattern TERMINAL_CONTROL = Pattern.compile("\\x1b\\[[0-9;?]*[ -/]*[@-~]");

  private final LazySandbox sandbox;
  private final String shell;

  /**
   * @param shell the name of the one that it uses
   */
  BashTool(LazySandbox sandbox, String shell) {
    super(
        "bash",
        false,
        """
        Runs a command in a persistent bash shell. Directory, variables and background jobs stay from \
        call to call; the shell starts in /workspace. Standard input is empty. Output beyond 100 KB \
        loses its middle. A command that takes longer than its timeout (120 s unless said otherwise) \
        is ended with everything the shell started.
        """,
        """
        {"type": "object",
         "properties": {
           "command": {"type": "string", "description": "The command to run"},
           "restart": {"type": "boolean", "description": "Start a new shell first"},
           "timeout_ms": {"type": "integer", "minimum": 1,
                          "description": "The longest the command may take, in milliseconds"}},
         "additionalProperties": false}
        """);
    this.sandbox = sandbox;
    this.shell = shell;
  }

  @Override
  ToolResult run(ToolInput input, ToolInvocation invocation) throws InterruptedException {
    String command = input.optionalText("command").orElse("");
    boolean restart = input.flag("restart");
    Duration timeout =
        Duration.ofMillis(
            input.number("timeout_ms", 1, Long.MAX_VALUE).orElse(invocation.timeout().toMillis()));
    if (command.isBlank() && !restart) {
      throw ToolInput.invalid("\"command\" is missing");
    }
    if (command.indexOf('\0') >= 0) {
      throw ToolInput.invalid("\"command\" has a zero character, which bash cannot take");
    }
    if (restart) {
      sandbox.running().ifPresent(running -> running.endShell(shell));
    }
    if (command.isBlank()) {
      return ToolResult.ok("the shell was restarted");
    }
    Duration limit = timeout.compareTo(invocation.timeout()) < 0 ? timeout : invocation.timeout();
    ShellResult result = sandbox.get().shell(new ShellRequest(shell, command, limit, MAX_OUTPUT));
    return result.exitCode() == 0 && result.killedBy().isEmpty()
        ? ToolResult.ok(text(result))
        : ToolResult.error(text(result) + "\n[exit code " + result.exitCode() + "]");
  }

  private static String text(ShellResult result) {
    String out = plain(result.stdoutText());
    String err = plain(result.stderrText());
    err = ResultLimits.shorten(err, Math.max(MAX_OUTPUT - out.length(), MAX_OUTPUT / 4));
    out = ResultLimits.shorten(out, Math.max(MAX_OUTPUT - err.length(), MAX_OUTPUT / 4));
    if (err.isEmpty()) {
      return out.isEmpty() ? "[no output]" : out;
    }
    return out.isEmpty() ? "[stderr]\n" + err : out + "\n[stderr]\n" + err;
  }

  private static String plain(String output) {
    return TERMINAL_CONTROL.matcher(output).replaceAll("").stripTrailing();
  }
}
