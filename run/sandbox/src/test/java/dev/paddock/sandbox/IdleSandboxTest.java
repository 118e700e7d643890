package dev.paddock.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.paddock.sandbox.spi.Limits;
import dev.paddock.sandbox.spi.Sandbox;
import dev.paddock.sandbox.spi.SandboxSpec;
import dev.paddock.sandbox.spi.ShellRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A box dies with the thread that started it, and the carrier of a virtual thread ends when it has
 * had nothing to do for about 30 s. Waiting is what is tested here.
 */
@Tag("slow")
final class IdleSandboxTest {
  private static final Duration IDLE = Duration.ofSeconds(90);

  @Test
  void keepsAnIdleBoxThatAVirtualThreadStarted(@TempDir Path folder) throws Exception {
    Path workspace = Files.createDirectory(folder.resolve("workspace"));
    try (LocalSandboxProvider provider = new LocalSandboxProvider(folder.resolve("run"));
        Sandbox sandbox = provider.start(SandboxSpec.of(workspace).withLimits(Limits.DEFAULT))) {
      FutureTask<Void> start =
          new FutureTask<>(
              () -> {
                sandbox.shell(ShellRequest.of("x=alive; sleep 74090 &"));
                return null;
              });
      Thread.ofVirtual().start(start);
      start.get();
      Thread.sleep(IDLE);
      assertThat(sandbox.shell(ShellRequest.of("echo $x")).stdoutText()).isEqualTo("alive\n");
      assertThat(TestingProcesses.running("sleep", "74090")).hasSize(1);
    }
  }
}
