package dev.paddock.server;

import dev.paddock.core.Ids;
import dev.paddock.server.spi.Dialect;
import dev.paddock.server.spi.RequestHead;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** What is known of a request so far, for its answer, the log and the counts. */
final class Exchange {
  final String id = Ids.next("req");
  final long began = System.nanoTime();
  RequestHead head = new RequestHead("", "", Map.of(), Map.of());
  Dialect dialect = PlainDialect.INSTANCE;
  String template = "unmatched";
  String caller = "";
  String note = "";
  BooleanSupplier gone = () -> false;
  volatile boolean failed;

  long nanos() {
    return System.nanoTime() - began;
  }
}
