import asyncio
import sys
import time


async def main(rounds: int) -> None:
    from agents.sandbox.manifest import Manifest
    from agents.sandbox.sandboxes.unix_local import UnixLocalSandboxClient

    client = UnixLocalSandboxClient()
    session = await client.create(manifest=Manifest())
    async with session:
        for i in range(-5, rounds):
            start = time.perf_counter_ns()
            result = await session.exec("/bin/true", shell=False)
            took = time.perf_counter_ns() - start
            if result.exit_code != 0:
                raise RuntimeError(result)
            if i >= 0:
                print(took)


asyncio.run(main(int(sys.argv[1])))
