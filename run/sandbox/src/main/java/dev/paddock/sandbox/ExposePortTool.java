package dev.paddock.sandbox;

import dev.paddock.core.spi.ToolInvocation;
import dev.paddock.core.spi.ToolResult;
import java.time.Duration;
import java.time.temporal.ChronoUnit;

/** Gives what listens in the box an address that people can open. */
final class ExposePortTool extends WorkspaceTool {
  private static final int USUAL_MINUTES = 60;
  private static final int MOST_MINUTES = 24 * 60;
  private static final Duration WAIT = Duration.ofSeconds(20);

  private final LazySandbox sandbox;
  private final PortExposer exposer;

  ExposePortTool(LazySandbox sandbox, PortExposer exposer) {
    super(
        "expose_port",
        false,
        """
        Makes a web server that you started in the sandbox visible to the person: waits until \
        something listens on the port, and returns a URL to give to them and when it ends. Whoever \
        has the URL can open it. The sandbox gets no network by it.
        """,
        """
        {"type": "object",
         "properties": {
           "port": {"type": "integer", "minimum": 1, "maximum": 65535,
                    "description": "Where the server listens, on 127.0.0.1, 0.0.0.0 or ::1"},
           "minutes": {"type": "integer", "minimum": 1, "maximum": 1440,
                       "description": "How long the URL is good; 60 if left out"}},
         "required": ["port"],
         "additionalProperties": false}
        """);
    this.sandbox = sandbox;
    this.exposer = exposer;
  }

  @Override
  ToolResult run(ToolInput input, ToolInvocation invocation) throws InterruptedException {
    int port =
        (int)
            input
                .number("port", 1, 65_535)
                .orElseThrow(() -> ToolInput.invalid("\"port\" is missing"));
    long minutes = input.number("minutes", 1, MOST_MINUTES).orElse(USUAL_MINUTES);
    Duration wait = WAIT.compareTo(invocation.timeout()) < 0 ? WAIT : invocation.timeout();
    sandbox.get().connect(port, wait).close();
    PortExposer.Exposed exposed = exposer.expose(port, Duration.ofMinutes(minutes));
    return ToolResult.ok(
        "Port %d can be opened until %s at\n%s\nThis URL is the key to it: give it to the person whole."
            .formatted(port, exposed.expiresAt().truncatedTo(ChronoUnit.SECONDS), exposed.url()));
  }
}
