package dev.paddock.cli;

import dev.paddock.core.Json;
import dev.paddock.core.SessionId;
import dev.paddock.node.Delivery;
import java.nio.file.Path;

/** Prints what a task leaves. */
record DeliveryView(boolean json) {

  void print(Delivery delivery, SessionId session) {
    if (json) {
      for (Delivery.File file : delivery.files()) {
        System.out.println(Json.write(file));
      }
      return;
    }
    for (Delivery.File file : delivery.files()) {
      String path = Screen.printable(file.path());
      System.out.printf(
          "%10s  %s%n",
          Amounts.size(file.bytes()),
          delivery.out().map(out -> shown(out.resolve(file.path()))).orElse(path));
    }
    for (String path : delivery.deleted()) {
      System.out.printf("%10s  %s%n", "deleted", Screen.printable(path));
    }
    for (String note : delivery.notes()) {
      System.err.println("! " + Screen.printable(note));
    }
    if (delivery.out().isEmpty() && !delivery.files().isEmpty()) {
      System.out.printf("write them with: paddock sessions files %s --out DIR%n", session);
    }
  }

  /** As a person in this folder would write it. */
  private static String shown(Path file) {
    Path here = Path.of("").toAbsolutePath();
    Path shown = file.startsWith(here) ? here.relativize(file) : file;
    return Screen.printable(shown.toString());
  }
}
