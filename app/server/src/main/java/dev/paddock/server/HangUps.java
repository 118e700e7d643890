package dev.paddock.server;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;

/** What is to be cut off when the client who asked for it hangs up. */
final class HangUps {
  /** The request that the current thread answers. */
  static final ScopedValue<HangUps.Client> CLIENT = ScopedValue.newInstance();

  private final Set<Watch> watches = ConcurrentHashMap.newKeySet();

  /** The client of one request. */
  record Client(HangUps hangUps, BooleanSupplier gone) {
    Watch watch(Runnable cut) {
      Watch watch = hangUps.new Watch(gone, cut);
      hangUps.watches.add(watch);
      return watch;
    }
  }

  /** Something that lasts until it is closed or cut off. */
  final class Watch implements AutoCloseable {
    private final BooleanSupplier gone;
    private final Runnable cut;

    private Watch(BooleanSupplier gone, Runnable cut) {
      this.gone = gone;
      this.cut = cut;
    }

    @Override
    public void close() {
      watches.remove(this);
    }
  }

  void look() {
    for (Watch watch : watches) {
      if (watch.gone.getAsBoolean()) {
        watch.close();
        watch.cut.run();
      }
    }
  }
}
