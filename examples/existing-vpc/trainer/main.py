print("reached from inside only")
