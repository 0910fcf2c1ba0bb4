print("idinvert")
