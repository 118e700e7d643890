package dev.paddock.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.paddock.core.ErrorCode;
import dev.paddock.sandbox.spi.KilledBy;
import dev.paddock.sandbox.spi.RunningProcess;
import dev.paddock.sandbox.spi.Sandbox;
import dev.paddock.sandbox.spi.SandboxProvider;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class LocalProcessTest extends ProcessContract {
  @Override
  protected SandboxProvider open(Path base) {
    return new LocalSandboxProvider(base);
  }

  @Test
  void thePlacesAreLimitedAndTheFirstToEndMakesRoom() throws Exception {
    RunningProcess first = sandbox().start(bash("exit 0"));
    RunningProcess second = sandbox().start(bash("sleep 1000"));
    for (int i = 2; i < Sandbox.MAX_PROCESSES; i++) {
      sandbox().start(bash("sleep 1000"));
    }
    BoxedProcess ended = (BoxedProcess) first;
    while (!ended.ended()) {
      Thread.onSpinWait();
    }
    RunningProcess last = sandbox().start(bash("sleep 1000"));
    assertThat(sandbox().process(first.id())).isEmpty();
    assertThat(sandbox().process(second.id())).isPresent();
    assertThat(sandbox().process(last.id())).isPresent();
    assertThatThrownBy(() -> sandbox().start(bash("true")))
        .isInstanceOfSatisfying(
            SandboxException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.LIMIT_EXCEEDED))
        .hasMessageContaining("64 processes run already");
  }

  @Test
  void allEndWithTheSandboxAndNothingIsLeft() throws Exception {
    RunningProcess process = sandbox().start(terminal("setsid sleep 98765 & exec sleep 98765"));
    RunningProcess other = sandbox().start(bash("exec sleep 98765"));
    while (TestingProcesses.running("sleep", "98765").size() < 3) {
      Thread.onSpinWait();
    }
    sandbox().close();
    assertThat(end(process).killedBy()).contains(KilledBy.INTERRUPT);
    assertThat(end(other).exitCode()).isPresent();
    assertThat(TestingProcesses.running("sleep", "98765")).isEmpty();
    assertThatThrownBy(() -> sandbox().start(bash("true"))).hasMessageContaining("closed");
  }

  @Test
  void whatAProcessLeavesBehindEndsWithIt() throws Exception {
    RunningProcess process =
        sandbox().start(terminal("setsid sleep 87654 >/dev/null 2>&1 & echo $!"));
    end(process);
    assertThat(TestingProcesses.running("sleep", "87654")).isEmpty();
  }

  @Test
  void aHolderThatDiedIsReplaced() throws Exception {
    end(sandbox().start(bash("true")));
    assertThat(TestingProcesses.holders()).hasSize(1);
    TestingProcesses.holders().forEach(ProcessHandle::destroyForcibly);
    while (!TestingProcesses.holders().isEmpty()) {
      Thread.onSpinWait();
    }
    assertThat(end(sandbox().start(bash("echo hello"))).text()).isEqualTo("hello\n");
    sandbox().close();
    assertThat(TestingProcesses.holders()).isEmpty();
  }

  @Test
  void whatIsNotReadIsNotTakenForever() throws Exception {
    RunningProcess process = sandbox().start(terminal("stty raw -echo; echo ready; sleep 1000"));
    until(process, "ready");
    byte[] half = new byte[InputQueue.MAX_BYTES / 2 + 1];
    process.write(half);
    assertThatThrownBy(() -> process.write(half))
        .isInstanceOfSatisfying(
            SandboxException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.LIMIT_EXCEEDED));
    process.kill();
    end(process);
  }
}
