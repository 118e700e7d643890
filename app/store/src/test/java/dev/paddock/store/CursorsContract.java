package dev.paddock.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;

/** What every cursor store must do. */
abstract class CursorsContract extends StoreContract {

  @Test
  void movesForwardOnly() {
    assertThat(store.cursors().position("feed")).isZero();
    store.cursors().advance("feed", 7);
    store.cursors().advance("feed", 3);
    store.cursors().advance("other", 1);
    assertThat(store.cursors().position("feed")).isEqualTo(7);
    reopen();
    assertThat(store.cursors().position("feed")).isEqualTo(7);
    assertThat(store.cursors().position("other")).isEqualTo(1);
  }

  @Test
  void refusesANegativePosition() {
    assertThatExceptionOfType(StoreException.class)
        .isThrownBy(() -> store.cursors().advance("feed", -1));
  }
}
