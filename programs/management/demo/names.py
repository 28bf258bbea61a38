"""Owns the invented names and complaints of the demo's patients."""

GIVEN_AND_FAMILY = (
    (
        "Ewa Magda Piotr Karolina Tomasz Zofia Jakub Hanna Marek",
        "Kowalska Lis Nowicki Zielińska Wrona Sikora Górska Maj Kalina",
    ),
    (
        "Ruth Femi Chidi Ngozi Olu Amaka Tunde Ife Bola",
        "Adeyemi Oduya Eze Bankole Nwosu Ibe Afolabi Udo Salami",
    ),
    (
        "Lars Astrid Ingrid Hanne Elin Nils Sofie Anders Maja",
        "Eide Holm Lindqvist Dahl Solberg Nygaard Berge Strand Lund",
    ),
    (
        "Yusuf Elif Deniz Aylin Emre Selin Kerem Zeynep Can",
        "Demir Aksoy Kaplan Şahin Yıldız Çelik Öztürk Kurt Aydın",
    ),
    (
        "Rui Marta Sofia Tiago Inês Nuno Beatriz Duarte Lúcia",
        "Tavares Silva Moura Nunes Vaz Pinto Leal Rocha Faria",
    ),
    (
        "Karin Anton Greta Jürgen Lotte Matthias Clara Uwe Frieda",
        "Maier Weber Vogt Müller Berg Schön Weiss Krüger Habel",
    ),
    (
        "Nadia Amir Leyla Omar Samira Karim Dalia Tarek Yasmin",
        "Rauf Rahimi Mansour Khalil Nasser Farah Aziz Darwish Sabry",
    ),
    (
        "Petra Pavel Milan Ivana Jana Luka Mirela Goran Vesna",
        "Zeman Novák Horvat Ilić Marić Kovač Babić Dvořák Pavlović",
    ),
    (
        "Asha Vikram Meera Arjun Kavya Rohan Divya Sanjay Leela",
        "Rao Iyer Nair Kapoor Desai Pillai Joshi Bhatt Sethi",
    ),
    (
        "Grace Ewan Moira Victor Beth Ian Fiona Callum Tess",
        "Whitfield Reid Keane Carrow Petrie Abbott Moran Lowe O'Hara",
    ),
    (
        "Linh Minh Thao Quang Hoa Jo Mei Jun Yuki",
        "Tran Nguyen Pham Lam Bui Sato Mori Chen Okada",
    ),
    (
        "Giulia Marco Chiara Paolo Elisa Henk Joris Femke Noor",
        "Marin Conti Bruni Sala Greco Bos Visser Smit Dekker",
    ),
)
"""Given and family names that belong together, so that a mixed waiting room comes out."""

LOW_BACK = ("knee-to-chest-stretch", "curl-up", "rotational-stretch", "walking")
COMPLAINTS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("Low back pain", "Low back, first weeks", LOW_BACK),
    (
        "Low back pain with leg pain",
        "Back and leg, first weeks",
        ("knee-to-chest-stretch", "curl-up", "walking"),
    ),
    (
        "Stiff lower back after a desk job",
        "Move the lower back",
        ("rotational-stretch", "curl-up", "cycling"),
    ),
    ("Recurrent low back pain", "Stronger trunk", ("curl-up", "rotational-stretch", "swimming")),
    ("Hip pain when walking", "Hips and walking", ("knee-to-chest-stretch", "rotational-stretch", "cycling")),
    ("Neck pain", "Turn and move", ("rotational-stretch", "walking")),
    (
        "Low back pain in pregnancy",
        "Back care while pregnant",
        ("knee-to-chest-stretch", "walking", "swimming"),
    ),
    ("Back pain after lifting", "Back to lifting", LOW_BACK),
    ("Knee osteoarthritis", "Keep the knees moving", ("cycling", "walking")),
    ("Upper back pain", "Upper back and fitness", ("rotational-stretch", "swimming", "walking")),
    ("Lumbar stenosis", "Walk farther", ("knee-to-chest-stretch", "cycling")),
    ("After a disc operation", "After the operation", ("walking", "curl-up", "rotational-stretch")),
)
"""A complaint, the title of a program for it, and its exercises by slug."""
GOALS = (
    "Walk 5 km without a rest.",
    "Sit through a working day with less pain.",
    "Play with the grandchildren on the floor.",
    "Sleep through the night.",
    "Back to the garden by spring.",
    "Carry the shopping up two floors.",
    "Run again without fear.",
)
CONDITIONS = (
    "Otherwise well.",
    "High blood pressure, treated.",
    "Type 2 diabetes, diet only.",
    "Asthma, well controlled.",
    "Anaemia, being looked into.",
)
WORK = (
    "Desk work, eight hours sitting.",
    "Nurse, shifts, lifts patients.",
    "Drives a delivery van.",
    "Retired, walks the dog.",
    "Teacher, stands a lot.",
    "Warehouse, loads by hand.",
)
DESK_NOTES = ("Prefers mornings.", "Interpreter needed.", "Step-free entrance.", "GP letter to follow.")
