"""What `getprop` prints on the virtual device."""

from typing import Final

PROPERTIES: Final[dict[str, str]] = {
    "ro.product.manufacturer": "Capture Harness",
    "ro.product.brand": "captureharness",
    "ro.product.model": "Virtual STB",
    "ro.product.name": "virtual_stb",
    "ro.product.device": "virtual_stb",
    "ro.serialno": "VSTB0001",
    "ro.build.version.release": "14",
    "ro.build.version.sdk": "34",
    "ro.build.id": "VSTB.1",
    "ro.build.type": "userdebug",
    "ro.build.fingerprint": "captureharness/virtual_stb/virtual_stb:14/VSTB.1/1:userdebug/test-keys",
    "ro.product.cpu.abi": "arm64-v8a",
    "sys.boot_completed": "1",
    "persist.sys.locale": "en-GB",
}
