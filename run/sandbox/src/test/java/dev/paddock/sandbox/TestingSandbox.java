package dev.paddock.sandbox;

import dev.paddock.sandbox.spi.ExecRequest;
import dev.paddock.sandbox.spi.ExecResult;
import dev.paddock.sandbox.spi.KilledBy;
import dev.paddock.sandbox.spi.Sandbox;
import dev.paddock.sandbox.spi.SandboxReport;
import dev.paddock.sandbox.spi.ShellRequest;
import dev.paddock.sandbox.spi.ShellResult;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Answers every shell command with what it was told to. */
final class TestingSandbox implements Sandbox {
  final List<ShellRequest> asked = new ArrayList<>();
  int restarts;
  boolean closed;
  private ShellResult answer = result(0, "", "", Optional.empty());

  TestingSandbox answering(int exitCode, String out, String err) {
    answer = result(exitCode, out, err, Optional.empty());
    return this;
  }

  TestingSandbox killing(KilledBy killedBy, String err) {
    answer = result(137, "", err, Optional.of(killedBy));
    return this;
  }

  private static ShellResult result(int code, String out, String err, Optional<KilledBy> killedBy) {
    return new ShellResult(
        code,
        out.getBytes(StandardCharsets.UTF_8),
        err.getBytes(StandardCharsets.UTF_8),
        false,
        false,
        killedBy,
        Duration.ZERO,
        "/workspace");
  }

  @Override
  public ExecResult exec(ExecRequest request) {
    throw new AssertionError("the tools run commands in the shell only: " + request.command());
  }

  @Override
  public ShellResult shell(ShellRequest request) {
    asked.add(request);
    return answer;
  }

  @Override
  public void endShell(String name) {
    restarts++;
  }

  @Override
  public SandboxReport report() {
    return new SandboxReport("testing", List.of(), Map.of());
  }

  @Override
  public void close() {
    closed = true;
  }
}
