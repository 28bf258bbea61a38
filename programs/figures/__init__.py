"""Exercise figures drawn from pose data: a jointed body, its anatomy checks, and the pictures (see `catalogue`)."""
