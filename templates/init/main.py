import platform

print(f"hello from {platform.node()}")
