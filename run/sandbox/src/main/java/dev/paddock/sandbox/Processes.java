package dev.paddock.sandbox;

import dev.paddock.core.ErrorCode;
import dev.paddock.sandbox.spi.ProcessRequest;
import dev.paddock.sandbox.spi.RunningProcess;
import dev.paddock.sandbox.spi.Sandbox;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/** The processes of a sandbox that were started and whose end nobody has read. */
final class Processes {
  private static final int FIRST_ID = 1_000;
  private static final int LAST_ID = 99_999;

  private final BoxedSandbox sandbox;
  private final Map<Integer, BoxedProcess> byId = new LinkedHashMap<>();

  /** An id that meant another process, in this box or before it, would mislead who kept it. */
  private final Set<Integer> used = new HashSet<>();

  Processes(BoxedSandbox sandbox) {
    this.sandbox = sandbox;
  }

  synchronized RunningProcess start(ProcessRequest request) {
    if (byId.size() >= Sandbox.MAX_PROCESSES) {
      BoxedProcess oldest =
          byId.values().stream()
              .filter(BoxedProcess::ended)
              .findFirst()
              .orElseThrow(
                  () ->
                      new SandboxException(
                          ErrorCode.LIMIT_EXCEEDED,
                          "%d processes run already; end one of them first"
                              .formatted(Sandbox.MAX_PROCESSES)));
      byId.remove(oldest.id());
    }
    BoxedProcess process = BoxedProcess.start(newId(), sandbox, request);
    byId.put(process.id(), process);
    return process;
  }

  private int newId() {
    if (used.size() > (LAST_ID - FIRST_ID) / 2) {
      used.retainAll(byId.keySet());
    }
    int id;
    do {
      id = ThreadLocalRandom.current().nextInt(FIRST_ID, LAST_ID + 1);
    } while (!used.add(id));
    return id;
  }

  synchronized Optional<RunningProcess> find(int id) {
    return Optional.ofNullable(byId.get(id));
  }

  synchronized void forget(BoxedProcess process) {
    byId.remove(process.id());
  }
}
